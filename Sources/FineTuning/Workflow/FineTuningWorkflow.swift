public import JSON
public import Workflows

/// The workflow of a fine-tuning: one document in the Amazon States Language, run here and legal on AWS Step Functions.
///
/// Tasks name their work as `${Name}`, which the definition substitutions of SAM and CDK fill with Lambda functions and jobs there. Each gets the
/// execution's input as `parameters` and what phases before it left; results are gathered under `results`.
public enum FineTuningWorkflow {
    /// The document.
    public static let definition: JSONValue = [
        "Comment":
            "From a corpus to a better search model: queries, negatives, training, evaluation, a gate, deployment.",
        "StartAt": "DataSourceChoice",
        "States": .object(JSONObject(states)),
    ]

    /// The document, read.
    public static func machine() throws(WorkflowError) -> StateMachine { try StateMachine(json: definition) }

    private static var states: [(key: String, value: JSONValue)] {
        corpus + queries + batches + endpoint + training + deployment + ends
    }

    // MARK: Phases

    private static var corpus: [(key: String, value: JSONValue)] {
        [
            (
                "DataSourceChoice",
                choice(
                    [
                        equals("$.input_type", "opensearch", "ExtractFromOpenSearch"),
                        equals("$.input_type", "s3", "ValidateS3Corpus"),
                    ], otherwise: "ValidateCorpus")
            ),
            ("ExtractFromOpenSearch", task("DataExtractor", result: "corpus", next: "QuerySourceChoice")),
            ("ValidateS3Corpus", task("S3DataValidator", result: "corpus", next: "QuerySourceChoice")),
            ("ValidateCorpus", task("DataValidator", result: "corpus", next: "QuerySourceChoice")),
        ]
    }

    private static var queries: [(key: String, value: JSONValue)] {
        [
            (
                "QuerySourceChoice",
                choice(
                    [
                        equals("$.queries.source", "bedrock-batch", "PrepareBedrockInput"),
                        equals("$.queries.source", "openai-batch", "PrepareBedrockInput"),
                        equals("$.queries.source", "endpoint", "PlanPortions"),
                    ], otherwise: "GenerateQueries")
            ),
            (
                "GenerateQueries",
                task(
                    "QueryGenerator", ["corpus.$": "$.results.corpus"], result: "queries", next: "SplitEvaluation")
            ),
        ]
    }

    private static var batches: [(key: String, value: JSONValue)] {
        [
            (
                "PrepareBedrockInput",
                task(
                    "BatchInputPreparer", ["corpus.$": "$.results.corpus"], result: "batch_input",
                    next: "CreateBedrockBatchJob")
            ),
            (
                "CreateBedrockBatchJob",
                task(
                    "BatchJobCreator", ["batch_input.$": "$.results.batch_input"], result: "batch_job",
                    next: "CheckBedrockBatchJob")
            ),
            (
                "CheckBedrockBatchJob",
                task(
                    "BatchStatusChecker", ["batch_job.$": "$.results.batch_job"], result: "batch_status",
                    next: "BedrockBatchChoice")
            ),
            (
                "BedrockBatchChoice",
                choice(
                    [equals("$.results.batch_status.status", "Completed", "ProcessBedrockOutput")],
                    otherwise: "WaitForBedrockBatch")
            ),
            (
                "WaitForBedrockBatch",
                ["Type": "Wait", "SecondsPath": "$.queries.poll_seconds", "Next": "CheckBedrockBatchJob"]
            ),
            (
                "ProcessBedrockOutput",
                task(
                    "QueryGenerator", ["corpus.$": "$.results.corpus", "batch_job.$": "$.results.batch_job"],
                    result: "queries",
                    next: "SplitEvaluation")
            ),
        ]
    }

    private static var endpoint: [(key: String, value: JSONValue)] {
        [
            (
                "PlanPortions",
                task(
                    "PortionPlanner", ["corpus.$": "$.results.corpus"], result: "portions", next: "AskEndpoint")
            ),
            (
                "AskEndpoint",
                [
                    "Type": "Map", "ItemsPath": "$.results.portions.items", "MaxConcurrency": 1,
                    "ItemSelector": ["parameters.$": "$$.Execution.Input", "portion.$": "$$.Map.Item.Value"],
                    "ItemProcessor": [
                        "ProcessorConfig": ["Mode": "INLINE"], "StartAt": "AskPortion",
                        "States": [
                            "AskPortion": [
                                "Type": "Task", "Resource": "${PortionPrompter}", "Retry": .array(retries), "End": true,
                            ]
                        ],
                    ],
                    "ResultPath": "$.results.answers", "Catch": .array(catches), "Next": "ProcessAnswers",
                ]
            ),
            (
                "ProcessAnswers",
                task(
                    "QueryGenerator", ["corpus.$": "$.results.corpus"], result: "queries", next: "SplitEvaluation")
            ),
        ]
    }

    private static var training: [(key: String, value: JSONValue)] {
        [
            (
                "SplitEvaluation",
                task("EvaluationSplitter", ["queries.$": "$.results.queries"], result: "split", next: "MiningChoice")
            ),
            (
                "MiningChoice",
                choice(
                    [
                        [
                            "Variable": "$.mining.negatives", "NumericGreaterThan": 0, "Next": "MineNegatives",
                        ]
                    ], otherwise: "StartTraining")
            ),
            (
                "MineNegatives",
                task("NegativeMiner", ["split.$": "$.results.split"], result: "negatives", next: "DistillationChoice")
            ),
            (
                "DistillationChoice",
                choice(
                    [
                        [
                            "Variable": "$.distillation.teachers[0]", "IsPresent": true, "Next": "ScoreWithTeacher",
                        ]
                    ], otherwise: "StartTraining")
            ),
            (
                "ScoreWithTeacher",
                task("TeacherScorer", ["negatives.$": "$.results.negatives"], result: "scores", next: "StartTraining")
            ),
            (
                "StartTraining",
                task("ModelTrainer", ["split.$": "$.results.split"], result: "training", next: "EvaluateModel")
            ),
            (
                "EvaluateModel",
                task(
                    "ModelEvaluator", ["training.$": "$.results.training"], result: "evaluation", next: "GateChoice")
            ),
            (
                "GateChoice",
                choice(
                    [
                        [
                            "Variable": "$.results.evaluation.gate.deploys", "BooleanEquals": true,
                            "Next": "PackageModel",
                        ]
                    ], otherwise: "NotDeployed")
            ),
        ]
    }

    private static var deployment: [(key: String, value: JSONValue)] {
        [
            (
                "PackageModel",
                task(
                    "ModelPackager",
                    ["training.$": "$.results.training", "evaluation.$": "$.results.evaluation"], result: "package",
                    next: "RegistrationChoice")
            ),
            (
                "RegistrationChoice",
                choice(
                    [["Variable": "$.deploy.register", "BooleanEquals": true, "Next": "RegisterToOpenSearch"]],
                    otherwise: "Done")
            ),
            (
                "RegisterToOpenSearch",
                task("ModelRegistrar", ["package.$": "$.results.package"], result: "model", next: "ReencodingChoice")
            ),
            (
                "ReencodingChoice",
                choice(
                    [["Variable": "$.deploy.reencode", "BooleanEquals": true, "Next": "ReencodeIndex"]],
                    otherwise: "Done")
            ),
            (
                "ReencodeIndex",
                task("IndexReencoder", ["model.$": "$.results.model"], result: "index", next: "Done")
            ),
        ]
    }

    private static var ends: [(key: String, value: JSONValue)] {
        [
            ("Done", ["Type": "Succeed", "OutputPath": "$.results"]),
            (
                "NotDeployed",
                [
                    "Comment": "The tuned model is not better by the margin that was set: what is in service stays.",
                    "Type": "Succeed", "OutputPath": "$.results",
                ]
            ),
            ("Failed", ["Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"]),
        ]
    }

    // MARK: States

    private static func choice(_ rules: [JSONValue], otherwise: String) -> JSONValue {
        ["Type": "Choice", "Choices": .array(rules), "Default": .string(otherwise)]
    }

    private static func equals(_ variable: String, _ value: String, _ next: String) -> JSONValue {
        ["Variable": .string(variable), "StringEquals": .string(value), "Next": .string(next)]
    }

    private static func task(
        _ resource: String, _ inputs: [(key: String, value: JSONValue)] = [], result: String, next: String
    ) -> JSONValue {
        [
            "Type": "Task", "Resource": .string("${\(resource)}"),
            "Parameters": .object(JSONObject([("parameters.$", "$$.Execution.Input")] + inputs)),
            "ResultPath": .string("$.results.\(result)"), "Retry": .array(retries), "Catch": .array(catches),
            "Next": .string(next),
        ]
    }

    private static func task(
        _ resource: String, _ inputs: JSONObject, result: String, next: String
    ) -> JSONValue {
        task(resource, inputs.map { (key: $0.key, value: $0.value) }, result: result, next: next)
    }

    /// What passes by itself: here an unreachable or busy cluster or endpoint, on AWS also its own services.
    private static let retries: [JSONValue] = [
        [
            "ErrorEquals": [
                "Cluster.Unreachable", "Cluster.Timeout", "Endpoint.Busy",
                "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
                "Lambda.TooManyRequestsException",
            ],
            "IntervalSeconds": 2, "BackoffRate": 2, "MaxAttempts": 3, "MaxDelaySeconds": 60, "JitterStrategy": "FULL",
        ],
        [
            "ErrorEquals": ["SageMaker.ResourceLimitExceededException"], "IntervalSeconds": 60, "BackoffRate": 2,
            "MaxAttempts": 5, "MaxDelaySeconds": 900,
        ],
    ]

    private static let catches: [JSONValue] = [
        ["ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Failed"]
    ]
}
