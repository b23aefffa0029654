extension VersionedFaults {
    /// The body of faults.
    static let schema = Schema.object(
        [
            .required(
                "error",
                .object(
                    [
                        .required("message", .string("What is wrong and what to do.")),
                        .required("type", .string("The class of fault.")),
                        .required("param", .string("The field that it is about.").orNull),
                        .required("code", .string("The kind of fault, for programs.")),
                    ], "What OpenAI's clients read.", isClosed: true)),
            .required("message", .string("The message again, where Cohere's clients look for it.")),
            .required("detail", .string("The message again, where Voyage's and Jina's clients look for it.")),
            .required("id", .string("The request's id.")),
        ], isClosed: true
    ).named("VersionedFault")
}
