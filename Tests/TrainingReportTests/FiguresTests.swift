import Testing
import TrainingReport

/// Numbers as people read them.
@Suite struct FiguresTests {
    @Test(arguments: [
        (0.0431149, "0.04311"), (1.8e-5, "1.8e-05"), (8210.4, "8210"), (0, "0"), (-3.97264, "-3.973"), (1, "1"),
        (0.85, "0.85"),
        (0.30000000000000004, "0.3"), (99999.6, "100000"), (.infinity, "inf"), (.nan, "nan"),
    ])
    func significantDigits(value: Double, text: String) { #expect(Figures.significant(value) == text) }

    @Test(arguments: [
        (0.85, 4, "0.8500"), (-0.00004, 4, "0.0000"), (-0.05, 2, "-0.05"), (12.345, 1, "12.3"), (7, 0, "7"),
        (0.99999, 4, "1.0000"),
    ])
    func fixedDigits(value: Double, digits: Int, text: String) { #expect(Figures.fixed(value, digits) == text) }

    @Test(arguments: [
        (0.2, "0 s"), (45, "45 s"), (200, "3 min 20 s"), (3600, "1 h"), (4320, "1 h 12 min"), (59.7, "1 min"),
        (Double.infinity, "unknown"),
    ])
    func durations(seconds: Double, text: String) { #expect(Figures.duration(seconds) == text) }

    @Test func otherFigures() {
        #expect(Figures.grouped(22_713_601) == "22,713,601")
        #expect(Figures.grouped(-999) == "-999")
        #expect(Figures.signed(0.0548, 4) == "+0.0548")
        #expect(Figures.signed(-0.5, 1) == "-0.5")
        #expect(Figures.bytes(1_240_000_000) == "1.24 GB")
        #expect(Figures.bytes(12) == "12 B")
        #expect(
            ["ndcg@10", "mrr@10", "recall@100", "flops", "other@3"].map(Figures.metric) == [
                "nDCG@10", "MRR@10", "R@100", "FLOPS", "other@3",
            ])
    }
}
