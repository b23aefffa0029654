import JSON

extension ComponentSettings {
    /// The decoder that these settings describe.
    package func tokenDecoder() throws(TokenizerError) -> any TokenDecoder {
        try checkGrowth(ofStepsIn: "decoders")
        return try uncheckedTokenDecoder()
    }

    private func uncheckedTokenDecoder() throws(TokenizerError) -> any TokenDecoder {
        switch try type() {
        case "ByteLevel":
            return ByteLevelDecoder()
        case "WordPiece":
            return WordPieceDecoder(
                prefix: try string("prefix"), cleansUp: try bool("cleanup"))
        case "BPEDecoder":
            return BytePairDecoder(suffix: try string("suffix"))
        case "ByteFallback":
            return ByteFallbackDecoder()
        case "Metaspace":
            return MetaspaceDecoder(replacement: try scalar("replacement"), isPrepended: try metaspaceIsPrepended())
        case "Fuse":
            return FuseDecoder()
        case "Strip":
            return StripDecoder(
                content: try scalar("content"), start: try int("start", in: 0...Int(Int32.max)),
                stop: try int("stop", in: 0...Int(Int32.max)))
        case "Replace":
            return ReplaceDecoder(pattern: try pattern("pattern"), content: try string("content"))
        case "CTC":
            return CTCDecoder(
                padToken: try string("pad_token"), wordDelimiter: try string("word_delimiter_token"),
                cleansUp: try bool("cleanup"))
        case "Sequence":
            var decoders: [any TokenDecoder] = []
            for component in try components("decoders") { decoders.append(try component.uncheckedTokenDecoder()) }
            return SequenceDecoder(decoders: decoders)
        case let other:
            throw unknownType(
                other, role: "decoder",
                known: [
                    "ByteLevel", "WordPiece", "BPEDecoder", "ByteFallback", "Metaspace", "Fuse", "Strip", "Replace",
                    "CTC", "Sequence",
                ])
        }
    }

    /// Whether a Metaspace puts its character before a text: by `prepend_scheme`, in older files by `add_prefix_space`.
    private func metaspaceIsPrepended() throws(TokenizerError) -> Bool {
        if let scheme = try optionalString("prepend_scheme") {
            guard ["always", "first", "never"].contains(scheme) else {
                throw failure("prepend_scheme", "expected \"always\", \"first\" or \"never\", found \"\(scheme)\"")
            }
            return scheme != "never"
        }
        return try bool("add_prefix_space", default: true)
    }
}
