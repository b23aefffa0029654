import Access

extension MLCommons {
    /// The caller whose rights on connectors are looked at; nil if all are allowed.
    var checkedConnectorCaller: Caller? {
        guard let caller = Self.caller, !caller.isAdministrator, state.settings.flag(MLSetting.checksConnectorAccess)
        else {
            return nil
        }
        return caller
    }

    /// Whether a connector is shared with a caller.
    func mayUse(connector: StoredDocument) -> Bool {
        guard let caller = checkedConnectorCaller else { return true }
        return SharedAccess.isOpen(connector, to: caller)
    }
}
