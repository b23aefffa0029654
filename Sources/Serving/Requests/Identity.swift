internal import Access
internal import Routing

/// Whether somebody may send a request, and who it is.
enum Identity: Sendable {
    /// Somebody; nil: nobody is asked.
    case admitted(Caller?)
    /// Nobody who may.
    case refused(APIFault)
    /// It takes work to find out: a password has to be checked.
    case pending
}
