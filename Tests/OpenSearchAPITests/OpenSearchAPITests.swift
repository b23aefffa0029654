// Tests of OpenSearchAPI.
