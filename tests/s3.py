"""An S3 server of the tests' own."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

__all__ = ["bucket"]


@pytest.fixture(scope="session")
def bucket() -> Iterator[str]:
    """Start a server on this machine; the URL of a bucket there, found by the environment."""
    pytest.importorskip("s3fs", reason="needs s3fs: pip install s3fs")
    reason = "needs an S3 server: pip install 'moto[s3,server]'"
    server = pytest.importorskip("moto.server", reason=reason)
    # A line for each request would hide what a failing test has to say.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    started = server.ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    started.start()
    _, port = started.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        environment.setenv("AWS_ACCESS_KEY_ID", "ann")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
        environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
        import s3fs

        s3fs.S3FileSystem().mkdir("checkpoints")
        yield "s3://checkpoints"
        s3fs.S3FileSystem.clear_instance_cache()
    started.stop()
