extension InferenceError {
    /// The caller went away.
    static var cancelled: InferenceError {
        InferenceError(.cancelled, "The caller cancelled the request. Ask again if it is needed.")
    }

    /// The engine is stopping.
    static var stopping: InferenceError {
        InferenceError(.stopping, "The engine is stopping and takes no new requests. Ask another server.")
    }

    static func tooManyTexts(_ count: Int, limit: Int) -> InferenceError {
        InferenceError(
            .tooManyTexts,
            "The request has \(count) texts; max_client_batch_size is \(limit). Send fewer at once, or raise the setting.",
            setting: "max_client_batch_size")
    }

    static func tooManyRequests(_ count: Int, limit: Int) -> InferenceError {
        InferenceError(
            .overloaded,
            "\(count) requests are being answered; max_concurrent_requests is \(limit). Try again soon, or raise the "
                + "setting.",
            setting: "max_concurrent_requests")
    }

    static func tooManyWaitingTokens(_ held: Int, plus bound: Int, limit: Int) -> InferenceError {
        InferenceError(
            .overloaded,
            "The request may have \(bound) tokens and others hold \(held); max_waiting_tokens is \(limit). Try again "
                + "soon, send less at once, or raise the setting.",
            setting: "max_waiting_tokens")
    }

    static func tooManyRequestTokens(_ count: Int, limit: Int) -> InferenceError {
        InferenceError(
            .tooManyTokens,
            "The request has more than \(limit) tokens (\(count) so far); max_request_tokens is \(limit). Send fewer or "
                + "shorter texts at once, or raise the setting.",
            setting: "max_request_tokens")
    }

    static func waitedTooLong(limit: Duration) -> InferenceError {
        InferenceError(
            .queueTimeout,
            "The request waited longer than queue_timeout, \(limit), for its first computation. Try again later, or "
                + "raise the setting.",
            setting: "queue_timeout")
    }

    static func textTooLong(_ text: Int, tokens: Int, limit: Int) -> InferenceError {
        InferenceError(
            .tooManyTokens,
            "Text \(text) has \(tokens) tokens, special ones included; the model reads \(limit), and the request or "
                + "auto_truncate forbids cutting. Shorten the text or allow cutting.",
            textIndex: text)
    }
}
