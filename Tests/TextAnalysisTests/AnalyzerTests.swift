import TextAnalysis
import Testing

struct AnalyzerTests {
    @Test func standardAnalyzerLowercasesAndCountsInUTF16() throws {
        let analyzer = try #require(AnalysisRegistry.builtIn.analyzer(named: "standard"))
        var buffer = TokenBuffer()
        try analyzer.analyze("Grüße, 𝒳 Straße 12", into: &buffer)
        #expect((0..<buffer.count).map(buffer.text(of:)) == ["grüße", "𝒳", "straße", "12"])
        #expect(buffer.startOffsets == [0, 7, 10, 17])
        #expect(buffer.endOffsets == [5, 9, 16, 19])
    }

    @Test func secondValueOfAFieldFollowsBehindTheGap() throws {
        let analyzer = try #require(AnalysisRegistry.builtIn.analyzer(named: "standard"))
        var buffer = TokenBuffer()
        try analyzer.append("one two", to: &buffer)
        try analyzer.append("three", to: &buffer)
        #expect(buffer.positions == [0, 1, 102])
        #expect(buffer.startOffsets == [0, 4, 8])
    }
}
