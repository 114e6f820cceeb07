"""Lets ``docs/mkdocs.yml`` lie beside the pages it is about, which MkDocs refuses otherwise."""

from mkdocs.config.config_options import Dir, DocsDir

DocsDir.post_validation = Dir.post_validation
