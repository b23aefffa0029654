import ArgumentParser

/// `needletail train`: models that fit one's own texts.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fine-tune a model on pairs of queries and documents.",
        discussion: """
            The folder of a run holds checkpoints, log.jsonl, report.html (the curves; no server and no network needed to look at it) and, at the end, \
            model: a folder that every command, sentence-transformers and transformers load. The same data, settings and seed give the same weights to \
            the last bit, on any number of threads, whether the run was interrupted or not.

            docs/fine-tuning.md explains data, losses and settings.
            """,
        subcommands: [TrainDense.self, TrainSparse.self, TrainCrossEncoder.self, TrainReport.self])

    /// What the help of all kinds of training says.
    static let settings = """
        Settings come from --config, a YAML file with their names (in brackets below: the defaults), and from flags, which win. An interrupt or a \
        termination finishes the step at hand, saves a checkpoint and ends with status 0; --resume goes on from there, and after a crash from the \
        last checkpoint that is whole.
        """
}
