import Pipelines

/// The processors that change one document after the other, by their names.
public enum IngestProcessors {
    private static let types: [any DocumentProcessor.Type] = [
        AppendProcessor.self, BytesProcessor.self, ConvertProcessor.self, CopyProcessor.self, CSVProcessor.self,
        DateProcessor.self, DateIndexNameProcessor.self, DissectProcessor.self, DotExpanderProcessor.self,
        FailProcessor.self, GrokProcessor.self, GsubProcessor.self, HTMLStripProcessor.self, JoinProcessor.self,
        JSONProcessor.self, KeyValueProcessor.self, LowercaseProcessor.self, RemoveProcessor.self,
        RemoveByPatternProcessor.self, RenameProcessor.self, SetProcessor.self, SortProcessor.self,
        SplitProcessor.self, TextChunkingProcessor.self, TrimProcessor.self, UppercaseProcessor.self,
        URLDecodeProcessor.self,
    ]

    static let known: [String: any DocumentProcessor.Type] = Dictionary(
        uniqueKeysWithValues: types.map { ($0.type, $0) })

    /// The names of all processors, sorted.
    public static let names: [String] =
        (Array(known.keys) + ["drop", "foreach", "pipeline", "script", "sparse_encoding", "text_embedding"]).sorted()
}
