// Tests of Indices.
