// OpenSearchAPI: see ARCHITECTURE.md.
