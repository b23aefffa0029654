public import ArgumentParser
public import NegativeMining

/// Which candidates become negatives; the flags of `MiningOptions`.
struct MiningFlags: ParsableArguments {
    /// A number, or `none`.
    struct Limit: ExpressibleByArgument {
        let value: Double?

        init?(argument: String) {
            value = Double(argument)
            if value == nil, argument != "none" { return nil }
        }
    }

    enum Sampling: String, ExpressibleByArgument, CaseIterable {
        case top
        case random
        case spread
    }

    @Option(help: ArgumentHelp("Negatives of a query at most.", valueName: "count"))
    var negatives = 3

    @Option(help: ArgumentHelp("Candidates that each source proposes for a query.", valueName: "count"))
    var depth = 50

    @Option(help: ArgumentHelp("Skips so many of the best candidates.", valueName: "count"))
    var rangeMin = 0

    @Option(
        help: ArgumentHelp(
            "Takes negatives from so many of the best candidates, skipped ones included.", valueName: "count"))
    var rangeMax: Int?

    @Option(help: ArgumentHelp("Drops candidates that score more.", valueName: "score"))
    var maxScore: Float?

    @Option(help: ArgumentHelp("Drops candidates that score less.", valueName: "score"))
    var minScore: Float?

    @Option(
        help: ArgumentHelp("Drops candidates that score more than the positive less this.", valueName: "score"))
    var absoluteMargin: Float?

    @Option(
        help: ArgumentHelp(
            "Drops candidates that score more than the positive less this share of its size; none drops none. [0.05]",
            valueName: "share"))
    var relativeMargin: Limit?

    @Option(
        help: ArgumentHelp(
            "Drops candidates that share this part of their word runs with a positive; none drops none. [0.8]",
            valueName: "share"))
    var nearDuplicates: Limit?

    @Option(
        help:
            "Which of the admissible candidates are taken: top, random, or spread (few of the best, some of all depths)."
    )
    var sampling = Sampling.top

    @Option(help: ArgumentHelp("The seed of what is random.", valueName: "number"))
    var seed: UInt64 = 42

    @Flag(help: "Fill up with random documents where too few candidates are admissible.")
    var fill = false

    @Flag(help: "Keep positives among the candidates, for lists that show a ranking.")
    var includePositives = false

    var options: MiningOptions {
        var options = MiningOptions()
        options.negatives = negatives
        options.depth = depth
        options.rangeMin = rangeMin
        options.rangeMax = rangeMax
        options.maximumScore = maxScore
        options.minimumScore = minScore
        options.absoluteMargin = absoluteMargin
        options.relativeMargin = relativeMargin.map { $0.value.map { Float($0) } } ?? 0.05
        options.nearDuplicateSimilarity = nearDuplicates.map(\.value) ?? 0.8
        options.sampling =
            switch sampling {
            case .top: .top
            case .random: .random(seed: seed)
            case .spread: .spread(seed: seed)
            }
        options.fillsWithRandom = fill
        options.fillSeed = seed
        options.includesPositives = includePositives
        return options
    }

    func validate() throws {
        do throws(MiningError) { try options.check() } catch { throw ValidationError(error.description) }
    }
}

extension MinedFileFormat: ExpressibleByArgument {}
