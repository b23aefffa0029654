// ClusterState: see ARCHITECTURE.md.
