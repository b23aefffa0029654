/// Tells connections that requests which are still being handled are to be answered with a fault, now.
struct AbortRequests: Sendable {}
