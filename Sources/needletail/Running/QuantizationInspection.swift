import Encoders
import JSON
import ModelFiles

/// What `models inspect` tells about the quantised weights of a folder.
struct QuantizationInspection {
    /// The record; nil if the folder has none, or it cannot be read.
    let record: QuantizationRecord?
    /// What `--precision auto` takes here; nil without a record.
    let choice: String?
    /// Why the quantised weights cannot be used, in words; nil if they can, or there are none.
    let problem: String?

    /// - Parameter readsAll: compares the digests of all weights, not only of samples.
    init(_ inspection: ModelInspection, readsAll: Bool) {
        guard let folder = inspection.folder else {
            record = nil
            choice = nil
            problem = nil
            return
        }
        do throws(EncoderError) {
            let found = try QuantizationRecord.read(folder)
            try found?.check(folder, readsAll: readsAll)
            var words: String?
            if found != nil, let weights = try? folder.weights() {
                let chosen = try PrecisionChoice(.auto, folder, weights: weights)
                words = "\(chosen.precision.rawValue) (\(chosen.reason))"
            }
            record = found
            choice = words
            problem = nil
        } catch {
            record = nil
            choice = nil
            problem = error.description
        }
    }

    /// Rows of the table.
    var facts: [(label: String, value: String)] {
        guard let record else { return [] }
        var facts = [
            (
                label: "quantised",
                value:
                    "int8, \(record.passes ? "quality passes" : "quality does not pass"), by needletail \(record.program)"
            )
        ]
        if let quality = record.quality, let one = quality.comparisons.first {
            facts.append(
                (
                    label: "quality of int8",
                    value:
                        "mean cosine \(Numbers.fixed(one.meanCosine, 5)), Spearman \(Numbers.fixed(one.spearman, 5)) "
                        + "on \(record.sample.heldOut) texts (asked for: \(Numbers.fixed(quality.bar.cosine, 4)), "
                        + "\(Numbers.fixed(quality.bar.spearman, 4)))"
                ))
        }
        if let choice { facts.append((label: "auto, here", value: choice)) }
        return facts
    }

    /// The record as a member of the document.
    var json: JSONValue? {
        if let problem { return ["problem": .string(problem)] }
        return record?.json
    }
}
