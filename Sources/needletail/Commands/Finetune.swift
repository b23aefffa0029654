import ArgumentParser
import FineTuning
import JSON
import Workflows

/// `needletail finetune`: from a corpus to a better model.
struct Finetune: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "finetune",
        abstract: "Make a model that fits an index or a file of documents, and put it in service if it is better.",
        discussion: """
            Writes queries for the documents (with a language model, from batch files of Bedrock or OpenAI, or without any), mines negatives, trains, \
            measures on held-out documents beside search by words and the model it began with, and packages and registers the new model only \
            if it is better by the margin that was set. Nothing begins before all parameters are checked.

            Each run has a folder under --runs, named by model and time (UTC), with everything that was made. Every step is kept: an interrupt \
            or a termination saves what there is, says how to go on, and ends with status 0; after a crash, too, 'needletail runs resume' goes on at the step \
            that was cut off. A gate that lets nothing through is a result, not a failure: status 0.

            Who asks the cluster is read from OPENSEARCH_USERNAME and OPENSEARCH_PASSWORD, OPENSEARCH_API_KEY, OPENSEARCH_TOKEN or AWS_ACCESS_KEY_ID and \
            its like, or from --credentials; neither is kept with the run.

            Examples:
              needletail finetune --config pipeline.yaml
              needletail finetune --corpus documents.jsonl --model ./all-MiniLM-L6-v2
              needletail finetune --index books --model ./all-MiniLM-L6-v2
              needletail finetune --config pipeline.yaml --set gate.margin=0.01 --json
              needletail finetune --config pipeline.yaml --check
            """
    )

    @OptionGroup(title: "Parameters") var options: FineTuningOptions
    @OptionGroup var runs: RunsOptions
    @OptionGroup(title: "The cluster") var cluster: ClusterOptions

    @Flag(help: "Check the parameters, print them all as JSON, and do nothing.")
    var check = false

    @Flag(help: "Print every parameter with what it takes, its default and its meaning.")
    var listParameters = false

    @Flag(help: "Print the workflow, a document in the Amazon States Language.")
    var printWorkflow = false

    @Flag(help: "Print events as JSON lines, as history.jsonl has them, instead of progress and a summary.")
    var json = false

    func validate() throws {
        let chosen = [check, listParameters, printWorkflow].filter { $0 }.count
        if chosen > 1 { throw ValidationError("--check, --list-parameters and --print-workflow exclude each other.") }
        let names = options.config != nil || options.index != nil || options.corpus != nil
        if !names, !listParameters, !printWorkflow {
            throw ValidationError("Give --config, --index or --corpus: something must say where the documents are.")
        }
    }

    func run() throws {
        if listParameters { return try StandardOutput.print(Self.parameterTable(for: .output)) }
        if printWorkflow {
            return try StandardOutput.print(FineTuningWorkflow.definition.serialized(pretty: true) + "\n")
        }
        let parameters = try options.parameters()
        // What is not there at all has a status of its own.
        if let corpus = parameters.corpusPath, !RunsOptions.exists(corpus) {
            throw CommandFailure(.missingInput, "\(corpus): no such file or folder. Check the path of the documents.")
        }
        if !parameters.baseModel.isEmpty { _ = try ModelLocator.path(of: parameters.baseModel) }
        let name = FineTuningRun.name(parameters, at: SystemClock().now)
        let folder = runs.runs + "/" + name
        let resources = ProcessServices(cluster)
        defer { try? waitForTask { await resources.shutDown() } }
        try parameters.check(against: resources.services(command: TypedCommand.text), runs: folder)
        if check { return try StandardOutput.print(parameters.json.serialized(pretty: true) + "\n") }
        let run = try FineTuningRun.make(parameters, in: folder)
        try RunSession(run: run, name: name, runs: runs, cluster: cluster, printsEvents: json).carryOn(redriving: false)
    }

    private static func parameterTable(for terminal: Terminal) -> String {
        var table = TextTable([.init("parameter"), .init("takes"), .init("default"), .init("meaning")])
        for row in FineTuningParameters.documentation {
            let standard = row.standard.isNull ? "" : row.standard.string ?? row.standard.serialized()
            table.add([.init(row.name, .bold), .init(row.takes), .init(standard), .init(row.meaning)])
        }
        return table.rendered(for: terminal)
            + "training.* are the settings of 'needletail train', which its help names.\n"
    }
}
