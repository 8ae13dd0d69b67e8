"""What Flux takes from Go and its libraries: regular expressions, versions, numbers, and how strings are quoted.

`policy` and `template` stand on these modules, so that both agree with the controllers in the same way.
"""
