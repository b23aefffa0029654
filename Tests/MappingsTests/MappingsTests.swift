// Tests of Mappings.
