extension MLCommons {
    /// Changes the state, again and again while it cannot be written down; nothing more once the server stops.
    ///
    /// What is at work must not seem to be at work for ever because the disk was full when it ended.
    func insist(_ body: @escaping @Sendable (inout DocumentDraft) -> Void) async {
        var pause = Duration.milliseconds(50)
        while !jobs.isStopping {
            if (try? state.update(body)) != nil { return }
            let wait = pause
            // A task of its own: this one may have been cancelled, and would not wait.
            await Task { try? await Task.sleep(for: wait) }.value
            pause = min(pause * 2, .seconds(1))
        }
    }
}
