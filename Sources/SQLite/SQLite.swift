// SQLite: see ARCHITECTURE.md.
