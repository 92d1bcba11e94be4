"""Media over WebRTC, an experiment of the released package; not here."""

raise ImportError(
    "fal.wma (media over WebRTC) is an experiment of the released package and is not part of this one; "
    "use fal.realtime, or fal.endpoint(..., is_websocket=True)",
    name=__name__,
)
