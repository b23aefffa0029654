import Encoders
import Tokenizers

/// Texts of which the tokens are wanted.
struct TokenizeWork: Workload {
    let model: LoadedModel
    let computation: Computation? = nil
    private let request: TokenizeRequest
    private let tokenizer: InputTokenizer
    private let prompt: String
    private let maximumTokens: Int

    init(_ request: TokenizeRequest, _ model: LoadedModel, maximumTokens: Int) throws(InferenceError) {
        self.maximumTokens = maximumTokens
        self.model = model
        self.request = request
        do throws(EncoderError) {
            tokenizer = try model.tokenizerForTexts()
        } catch {
            throw InferenceError(error)
        }
        if let name = request.promptName {
            guard let text = model.prompts[name] else {
                let known = model.prompts.keys.sorted().joined(separator: ", ")
                throw InferenceError(
                    .invalidValue,
                    "The model has no prompt named '\(name)'. "
                        + (known.isEmpty ? "Ask without a prompt: it has none." : "Use one of: \(known)."))
            }
            prompt = text
        } else {
            prompt = ""
        }
    }

    var count: Int { request.texts.count }
    func byteCount(of text: Int) -> Int { prompt.utf8.count + request.texts[text].utf8.count }
    func tokenBound(of text: Int) -> Int { byteCount(of: text) + 8 }
    func characterCount(of text: Int) -> Int { request.texts[text].unicodeScalars.count }
    func hash(_ text: Int, into hasher: inout InputHasher) { hasher.add(request.texts[text]) }

    func prepare(_ text: Int, key: InputKey?) throws(InferenceError) -> PreparedText {
        // Nothing is cut here, so the length is bounded before the tokenizer sees it: with more bytes a token than any language.
        guard byteCount(of: text) / 16 <= maximumTokens else {
            throw .tooManyRequestTokens(byteCount(of: text) / 16, limit: maximumTokens)
        }
        let whole = prompt + request.texts[text]
        let encoding: Encoding
        do throws(EncoderError) {
            encoding = try tokenizer.encoding(
                whole, addsSpecialTokens: request.addsSpecialTokens)
        } catch {
            throw InferenceError(error, text: text)
        }
        guard encoding.count <= maximumTokens else {
            throw .tooManyRequestTokens(encoding.count, limit: maximumTokens)
        }
        var tokens: [TextToken] = []
        tokens.reserveCapacity(encoding.count)
        let scalars = Array(whole.unicodeScalars)
        for index in 0..<encoding.count {
            let text = tokenizer.tokenizer.token(of: encoding.ids[index]) ?? ""
            let range = encoding.specialTokensMask[index] ? nil : encoding.characterOffsets[index]
            var source = ""
            if let range { source.unicodeScalars.append(contentsOf: scalars[range.clamped(to: scalars.indices)]) }
            tokens.append(
                TextToken(
                    id: encoding.ids[index], text: text, source: range == nil ? text : source, isSpecial: range == nil,
                    range: range))
        }
        return .known(.tokens(tokens))
    }

    func answer(_ outcomes: [TextOutcome], _ timing: InferenceTiming) -> [[TextToken]] {
        outcomes.map { if case .tokens(let tokens) = $0.known { tokens } else { [] } }
    }
}

/// Ids of which the texts are wanted.
struct DecodeWork: Workload {
    let model: LoadedModel
    let computation: Computation? = nil
    private let ids: [[Int32]]
    private let skipsSpecialTokens: Bool
    private let tokenizer: Tokenizer

    init(_ ids: [[Int32]], skipsSpecialTokens: Bool, _ model: LoadedModel) throws(InferenceError) {
        self.model = model
        self.ids = ids
        self.skipsSpecialTokens = skipsSpecialTokens
        do throws(EncoderError) {
            tokenizer = try model.tokenizerForTexts().tokenizer
        } catch {
            throw InferenceError(error)
        }
    }

    var count: Int { ids.count }
    func byteCount(of text: Int) -> Int { ids[text].count * 4 }
    func tokenBound(of text: Int) -> Int { ids[text].count }
    func characterCount(of text: Int) -> Int { 0 }
    func hash(_ text: Int, into hasher: inout InputHasher) { hasher.add(ids[text]) }

    func prepare(_ text: Int, key: InputKey?) throws(InferenceError) -> PreparedText {
        let bound = tokenizer.idBound
        if let id = ids[text].first(where: { $0 < 0 || Int($0) >= bound }) {
            throw InferenceError(
                .invalidValue, "List \(text) has the token id \(id); the model knows 0 to \(bound - 1).",
                textIndex: text)
        }
        return .known(.text(tokenizer.decode(ids[text], skipSpecialTokens: skipsSpecialTokens)))
    }

    func answer(_ outcomes: [TextOutcome], _ timing: InferenceTiming) -> [String] {
        outcomes.map { if case .text(let text) = $0.known { text } else { "" } }
    }
}
