internal import JSON

extension ComponentSettings {
    /// The post-processor that these settings describe.
    func postProcessor() throws(TokenizerError) -> PostProcessor {
        var processor = PostProcessor()
        try apply(to: &processor)
        return processor
    }

    private func apply(to processor: inout PostProcessor) throws(TokenizerError) {
        switch try type() {
        case "TemplateProcessing":
            try set(
                PostProcessor.Template(single: parts("single", isPair: false), pair: parts("pair", isPair: true)),
                in: &processor)
        case "BertProcessing":
            let (cls, sep) = (try token("cls"), try token("sep"))
            let single: [PostProcessor.Part] = [
                .special(ids: [cls], typeID: 0), .sequence(0, typeID: 0), .special(ids: [sep], typeID: 0),
            ]
            let second: [PostProcessor.Part] = [.sequence(1, typeID: 1), .special(ids: [sep], typeID: 1)]
            try set(PostProcessor.Template(single: single, pair: single + second), in: &processor)
        case "RobertaProcessing":
            let (cls, sep) = (try token("cls"), try token("sep"))
            let single: [PostProcessor.Part] = [
                .special(ids: [cls], typeID: 0), .sequence(0, typeID: 0), .special(ids: [sep], typeID: 0),
            ]
            let second: [PostProcessor.Part] = [
                .special(ids: [sep], typeID: 0), .sequence(1, typeID: 0), .special(ids: [sep], typeID: 0),
            ]
            try set(PostProcessor.Template(single: single, pair: single + second), in: &processor)
            processor.zeroesOverflowingTypeIDs = true
            if try bool("trim_offsets", default: true) {
                processor.trimsOffsets = true
                processor.addsPrefixSpace = try bool("add_prefix_space", default: true)
            }
        case "ByteLevel":
            if try bool("trim_offsets", default: true) {
                processor.trimsOffsets = true
                processor.addsPrefixSpace = try bool("add_prefix_space", default: true)
            }
        case "Sequence":
            for component in try components("processors") { try component.apply(to: &processor) }
        case let other:
            throw unknownType(
                other, role: "post-processor",
                known: ["TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel", "Sequence"])
        }
    }

    private func set(_ template: PostProcessor.Template, in processor: inout PostProcessor) throws(TokenizerError) {
        guard processor.template == nil else {
            throw failure("type", "a sequence of post-processors may have one template; take the others out")
        }
        processor.template = template
    }

    /// A `["token", id]` pair.
    private func token(_ key: String) throws(TokenizerError) -> Int32 {
        let pair = try array(key)
        guard pair.count == 2, let id = pair[1].int.flatMap(Int32.init(exactly:)), id >= 0 else {
            throw failure(key, "expected a token and its id")
        }
        return id
    }

    /// A template can name one list of ids many times; more than this is taken for a hostile file.
    private static let mostSpecialTokens = 4096

    private func parts(_ key: String, isPair: Bool) throws(TokenizerError) -> [PostProcessor.Part] {
        let special = try members("special_tokens")
        var parts: [PostProcessor.Part] = []
        var specialCount = 0
        var named: Set<String> = []
        for piece in try components(key) {
            if piece["Sequence"] != nil {
                let sequence = try piece.component("Sequence")
                let name = try sequence.string("id")
                guard name == "A" || name == "B" && isPair else {
                    throw sequence.failure("id", "expected \(isPair ? "A or B" : "A"), found \"\(name)\"")
                }
                // A text that comes twice would multiply with its own overflowing pieces.
                guard named.insert(name).inserted else {
                    throw sequence.failure("id", "the template has \(name) twice; each text may come once")
                }
                parts.append(.sequence(name == "A" ? 0 : 1, typeID: try sequence.typeID()))
            } else {
                let token = try piece.component("SpecialToken")
                let name = try token.string("id")
                guard let entry = special[name] else {
                    throw token.failure("id", "\"\(name)\" is not among the special_tokens of the template")
                }
                var ids: [Int32] = []
                for id in entry["ids"]?.array ?? [] {
                    guard let id = id.int.flatMap(Int32.init(exactly:)), id >= 0 else {
                        throw failure("special_tokens[\"\(name)\"].ids", "expected token ids")
                    }
                    ids.append(id)
                }
                specialCount += ids.count
                guard specialCount <= Self.mostSpecialTokens else {
                    throw failure(key, "the template adds more than \(Self.mostSpecialTokens) special tokens")
                }
                parts.append(.special(ids: ids, typeID: try token.typeID()))
            }
        }
        return parts
    }

    private func typeID() throws(TokenizerError) -> Int32 {
        Int32(try int("type_id", in: 0...Int(Int32.max)))
    }
}
