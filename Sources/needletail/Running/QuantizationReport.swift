import Encoders

/// What `models quantize` tells a person.
struct QuantizationReport {
    private let record: QuantizationRecord
    private let folder: String

    init(_ record: QuantizationRecord, folder: String) {
        self.record = record
        self.folder = folder
    }

    func text(for terminal: Terminal) -> String {
        guard let quality = record.quality else { return "" }
        var table = TextTable([
            .init("network"), .init("mean cosine", .right), .init("least", .right), .init("Spearman", .right),
            .init("Kendall", .right), .init("mean error", .right), .init("largest", .right),
        ])
        for one in quality.comparisons {
            table.add([
                .init(one.name, one == quality.comparisons.first ? .bold : nil),
                .init(Numbers.fixed(one.meanCosine, 5)),
                .init(Numbers.fixed(one.leastCosine, 5)), .init(Numbers.fixed(one.spearman, 5)),
                .init(Numbers.fixed(one.kendall, 4)), .init(Numbers.fixed(one.meanError, 5)),
                .init(Numbers.fixed(one.largestError, 5)),
            ])
        }
        let verdict = record.passes ? terminal.styled("passes", .green) : terminal.styled("does not pass", .red)
        return table.rendered(for: terminal)
            + "Beside float32: \(quality.vectorCount) vectors and \(quality.scoreCount) scores of "
            + (record.packed == nil
                ? "\(record.sample.heldOut) texts of \(record.sample.name).\n"
                : "\(record.sample.heldOut) texts that took no part in the calibration (\(record.sample.calibration) texts of "
                    + "\(record.sample.name)).\n")
            + "int8 \(verdict): mean cosine \(Numbers.fixed(quality.bar.cosine, 4)) and Spearman "
            + "\(Numbers.fixed(quality.bar.spearman, 4)) are asked for.\n\(folder)\n"
    }
}
