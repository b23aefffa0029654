internal import NIOCore

/// A moment after which something happens, moved often and met rarely.
///
/// Moving it to a later moment costs an assignment: the scheduled task looks at the moment when it runs and schedules itself
/// anew. So requests on a connection that stays open schedule nothing.
final class Deadline {
    private let loop: any EventLoop
    private let expired: () -> Void
    private var moment: NIODeadline?
    private var scheduled: (at: NIODeadline, task: Scheduled<Void>)?

    init(_ loop: any EventLoop, expired: @escaping () -> Void) {
        self.loop = loop
        self.expired = expired
    }

    /// Moves the deadline; nil means never.
    func set(_ moment: NIODeadline?) {
        self.moment = moment
        guard let moment else { return }
        if let scheduled, scheduled.at <= moment { return }
        scheduled?.task.cancel()
        schedule(moment)
    }

    /// Moves the deadline to some time from now.
    func set(in duration: Duration) { set(.now() + TimeAmount(duration)) }

    /// Ends it for good.
    func cancel() {
        moment = nil
        scheduled?.task.cancel()
        scheduled = nil
    }

    private func schedule(_ moment: NIODeadline) {
        scheduled = (moment, loop.assumeIsolated().scheduleTask(deadline: moment) { self.fired() })
    }

    private func fired() {
        scheduled = nil
        guard let moment else { return }
        guard moment <= .now() else { return schedule(moment) }
        self.moment = nil
        expired()
    }
}
