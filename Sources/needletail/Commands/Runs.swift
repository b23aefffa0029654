import ArgumentParser

/// `needletail runs`: the runs of the fine-tuning pipeline.
struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show, resume, stop and report the runs of 'needletail finetune'.",
        discussion: """
            A run is a folder: its parameters (input.json), its workflow (state-machine.json), what happened (history.jsonl) and what was made. Those of a \
            server lie in DATA/finetuning; it stops and resumes them itself (POST /_plugins/_ml/finetune/runs/RUN/_resume).
            """,
        subcommands: [RunsList.self, RunsShow.self, RunsResume.self, RunsCancel.self, RunsReport.self])
}
