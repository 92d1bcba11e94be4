# Generated from spec/; do not edit: correct the specification, the mapping or the template, then run `just generate`.
"""From messages to models. A frozen dataclass sets each attribute through a call, which would take most of the time of a long listing. Here, an object of a plain class takes the values, and then becomes the model."""
