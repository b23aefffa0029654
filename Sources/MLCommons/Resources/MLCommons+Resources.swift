import JSON
import Synchronization

extension MLCommons {
    /// Refuses to load a model that does not fit into the memory, or that the settings forbid at the present load.
    ///
    /// Without a setting only real shortage counts: the files are the least that a model needs.
    func checkMemory(for bytes: Int) throws(ModelHostError) {
        guard let memory = resources.memory() else { return }
        let settings = state.settings
        let threshold = settings.integer(MLSetting.memoryThreshold)
        guard threshold < 100 else { return }
        let used = 100 - Int((Double(memory.available) / Double(max(1, memory.total)) * 100).rounded())
        if settings.isSet(MLSetting.memoryThreshold), used > threshold {
            circuitBreaks.add(1, ordering: .relaxed)
            throw ModelHostError(
                429,
                "Native Memory Circuit Breaker is open, please check your resources! \(used) % of the memory are in use, and \(MLSetting.memoryThreshold.name) is \(threshold)."
            )
        }
        guard bytes > memory.available else { return }
        circuitBreaks.add(1, ordering: .relaxed)
        throw ModelHostError(
            429,
            "Native Memory Circuit Breaker is open, please check your resources! The model needs at least \(bytes) bytes of memory, and \(memory.available) of \(memory.total) are left. Undeploy other models, or register a smaller one."
        )
    }

    /// Refuses to bring a model to a disk that has less room than the settings ask for.
    ///
    /// Without a setting only real shortage counts, which shows when the files come.
    func checkDisk() throws(RegistrationError) {
        let settings = state.settings
        guard settings.isSet(MLSetting.diskThreshold), let least = settings.bytes(MLSetting.diskThreshold), least > 0,
            let free = resources.freeBytes(contents.root) ?? resources.freeBytes("."), free < least
        else { return }
        circuitBreaks.add(1, ordering: .relaxed)
        throw RegistrationError(
            "Disk Circuit Breaker is open, please check your resources! The disk of \(contents.root) has \(free) bytes left, and \(MLSetting.diskThreshold.name) asks for \(least). Free some space, or lower the setting."
        )
    }
}
