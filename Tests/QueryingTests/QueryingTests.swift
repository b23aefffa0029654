// Tests of Querying.
