import ArgumentParser
import TrainableEncoders

/// `needletail train dense`: fine-tune a dense encoder.
struct TrainDense: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dense",
        abstract: "Fine-tune a dense encoder.",
        discussion: """
            Learns from pairs of a query and a document that answers it; the other documents of the batch, and mined ones if there are some, are what it \
            learns to rank below (multiple negatives). Other losses learn from a teacher's scores or from labels.

            \(Train.settings)

            Examples:
              needletail train dense --config Examples/fine-tuning/train.yaml
              needletail train dense --model ./all-MiniLM-L6-v2 --train ./beir --evaluation ./beir --output ./run
              needletail train dense --config train.yaml --learning-rate 5e-5 --loss-parameters "scale=30" --resume
            """
    )

    @OptionGroup var options: TrainingOptions

    func run() throws {
        try TrainingRun(options, .dense).run()
    }
}
