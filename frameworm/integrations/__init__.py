"""Frameworm in other frameworks: one module each, which needs that framework's package.

Nothing here is loaded by ``import frameworm``; import the module of your framework::

    from frameworm.integrations.sklearn import SearchCV
"""
