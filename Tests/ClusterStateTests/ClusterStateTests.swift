// Tests of ClusterState.
