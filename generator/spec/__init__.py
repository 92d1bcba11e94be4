"""Read spec/: protos, OpenAPI, overlay, mapping, policy, words, and the checks of them."""
