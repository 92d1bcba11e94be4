"""Workflows, graphs of calls to apps, of the released package; not here."""

raise ImportError(
    "fal.workflows (graphs of calls to apps) is not part of this package; call one app after the other with fal.apps.run",
    name=__name__,
)
