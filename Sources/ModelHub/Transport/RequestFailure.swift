import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Why one attempt at a request failed, and whether another one may help.
struct RequestFailure: Error {
    let error: HubError
    /// Whether the same request may succeed later.
    let isTransient: Bool
    /// How long the server asked to wait.
    var delay: Duration?
    /// Whether the attempt brought enough that it does not count.
    var madeProgress = false

    /// A fault that no retry cures.
    init(_ error: HubError) {
        self.error = error
        isTransient = false
    }

    /// What the HTTP client threw.
    init(_ thrown: any Error, subject: String, address: Address) {
        let url = address.shown
        switch thrown {
        case let failure as RequestFailure:
            self = failure
        case is CancellationError:
            self.init(HubError.cancelled(subject))
        case let thrown as HTTPClientError where thrown == .cancelled:
            self.init(HubError.cancelled(subject))
        case let thrown as HTTPClientError where Self.timeouts.contains(thrown):
            self.init(
                retrying: HubError(
                    .timeout, subject, url: url, reason: "the server did not answer in time",
                    advice: "Try again later; HF_HUB_DOWNLOAD_TIMEOUT sets how many seconds a server may keep silent"))
        case let thrown as HTTPClientError:
            self.init(
                retrying: HubError(
                    .network, subject, url: url, reason: "the connection broke: \(thrown)",
                    advice: "Try again: what has arrived is kept"))
        default:
            self.init(
                retrying: HubError(
                    thrown is ChannelError ? .timeout : .network, subject, url: url,
                    reason: "the server cannot be reached: \(thrown)",
                    advice:
                        "Check the connection; HF_ENDPOINT names a mirror, and models can be copied to this machine and "
                        + "given by path"))
        }
    }

    private static let timeouts: [HTTPClientError] = [
        .readTimeout, .connectTimeout, .deadlineExceeded, .tlsHandshakeTimeout, .writeTimeout,
    ]

    /// A fault after which the same request may succeed.
    init(retrying error: HubError) {
        self.error = error
        isTransient = true
    }

    /// The reason where a server does not say what it is that it does not have.
    static let plainNotFound = "there is no such file or repository on the server"

    /// What a status means that is not a success.
    init(status: Int, headers: HTTPHeaders, subject: String, address: Address, hasToken: Bool) {
        func error(_ kind: HubError.Kind, _ reason: String, _ advice: String?) -> HubError {
            HubError(kind, subject, url: address.shown, status: status, reason: reason, advice: advice)
        }
        let code = headers.first(name: "X-Error-Code")
        var isTransient = false
        switch (status, code) {
        case (_, "RevisionNotFound"):
            self.error = error(.revisionNotFound, "the repository has no such revision", "Check the name after the @")
        case (_, "GatedRepo"):
            self.error = error(
                .forbidden, "the authors ask for consent before they hand the model out",
                "Accept their terms on the page of the model, and set HF_TOKEN to a token of that account")
        case (_, "RepoNotFound"):
            // The hub does not tell a private repository from one that is not there.
            self.error = error(
                .notFound, "there is no such repository, or it is private",
                hasToken
                    ? "Check the spelling, and whether the token's account may read it"
                    : "Check the spelling; for a private one set HF_TOKEN")
        case (401, _):
            self.error = error(
                .unauthorized, hasToken ? "the server refuses the token" : "the server wants a token",
                "Set HF_TOKEN to a valid token")
        case (403, _):
            self.error = error(
                .forbidden, "the server refuses access",
                hasToken
                    ? "The token lacks the right to read this repository" : "Set HF_TOKEN to a token that may read it")
        case (404, _), (410, _):
            self.error = error(.notFound, Self.plainNotFound, "Check the spelling")
        default:
            isTransient = status == 408 || status == 425 || status == 429 || status >= 500
            self.error = error(
                .status,
                status == 429 ? "the server limits how often it may be asked" : "the server answers with an error",
                isTransient
                    ? "Try again later" + (status == 429 && !hasToken ? "; a token (HF_TOKEN) allows more" : "")
                    : nil)
        }
        self.isTransient = isTransient
        if isTransient, let seconds = headers.first(name: "Retry-After").flatMap({ Int($0) }), seconds >= 0 {
            delay = .seconds(min(seconds, 86_400))
        }
    }
}
