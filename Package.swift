// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target of ours: Swift 6 mode, explicit imports, no warnings.
let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

/// Targets that never touch raw memory also turn strict memory safety on.
let safe: [SwiftSetting] = common + [.strictMemorySafety()]

/// Debian's static archives, so that the executable stays a single file.
let zlib: LinkerSetting = .linkedLibrary(":libz.a", .when(platforms: [.linux]))
let pcre2: LinkerSetting = .linkedLibrary(":libpcre2-8.a", .when(platforms: [.linux]))
let yaml: LinkerSetting = .linkedLibrary(":libyaml.a", .when(platforms: [.linux]))
let sqlite: LinkerSetting = .linkedLibrary(":libsqlite3.a", .when(platforms: [.linux]))
let stemmer: LinkerSetting = .linkedLibrary(":libstemmer.a", .when(platforms: [.linux]))

let package = Package(
    name: "needletail",
    products: [
        .executable(name: "needletail", targets: ["needletail"]),
        // For the nested packages `Benchmarks` and `Fuzz`.
        .library(
            name: "NeedletailEngine",
            targets: ["JSON", "Tensors", "ModelFiles", "Tokenizers", "Layers", "Encoders", "Relevance", "YAML"]),
        .library(
            name: "NeedletailSearch",
            targets: [
                "JSON", "TextAnalysis", "ClusterState", "DocumentStore", "SearchIndex", "SparseIndex", "Mappings",
                "Querying", "Indices", "OpenSearchAPI", "Routing",
            ]),
        .library(name: "NeedletailPrompting", targets: ["QueryPrompting", "Relevance"]),
        .library(name: "NeedletailVectors", targets: ["VectorIndex", "Tensors"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.45.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Level 0
        .target(
            name: "CKernels",
            cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror", "-fno-math-errno"])]
        ),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CPCRE2", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CYAML", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CStemmer", providers: [.apt(["libstemmer-dev"])]),
        .target(
            name: "CPostings", cSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror", "-fno-math-errno"])]),
        .target(name: "CPageGuard", cSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]),
        // Level 1
        .target(name: "Tensors", dependencies: ["CKernels"], swiftSettings: common),
        .target(name: "JSON", swiftSettings: common),
        .target(name: "PercentEncoding", swiftSettings: safe),
        .target(name: "RandomNumbers", swiftSettings: safe),
        .target(name: "Telemetry", swiftSettings: safe),
        .target(name: "ModelFiles", dependencies: ["JSON", "CZlib"], swiftSettings: common, linkerSettings: [zlib]),
        .target(name: "IndexFiles", dependencies: ["CPostings", "CPageGuard"], swiftSettings: common),
        .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: common, linkerSettings: [sqlite]),
        // Level 2
        .target(
            name: "TextAnalysis", dependencies: ["JSON", "CPCRE2", "CStemmer"], swiftSettings: common,
            linkerSettings: [pcre2, stemmer]),
        .target(name: "Access", dependencies: ["JSON"], swiftSettings: safe),
        .target(name: "Scripting", dependencies: ["JSON"], swiftSettings: safe),
        .target(name: "Workflows", dependencies: ["ModelFiles", "RandomNumbers", "JSON"], swiftSettings: common),
        .target(name: "ClusterState", dependencies: ["SQLite", "JSON"], swiftSettings: common),
        .target(name: "DocumentStore", dependencies: ["SQLite"], swiftSettings: common),
        .target(name: "Tokenizers", dependencies: ["JSON", "CPCRE2"], swiftSettings: common, linkerSettings: [pcre2]),
        .target(name: "Layers", dependencies: ["Tensors"], swiftSettings: common),
        .target(name: "Losses", dependencies: ["Tensors"], swiftSettings: common),
        .target(name: "YAML", dependencies: ["JSON", "CYAML"], swiftSettings: common, linkerSettings: [yaml]),
        .target(
            name: "VectorIndex", dependencies: ["IndexFiles", "Tensors", "CKernels", "CPostings"],
            swiftSettings: common),
        .target(
            name: "SparseIndex", dependencies: ["IndexFiles", "RandomNumbers", "CPostings", "Tensors"],
            swiftSettings: common),
        // Level 3
        .target(
            name: "Encoders", dependencies: ["Layers", "Tokenizers", "ModelFiles", "JSON", "Tensors"],
            swiftSettings: common),
        .target(
            name: "ModelExport", dependencies: ["Layers", "ModelFiles", "Tensors", "JSON", "CZlib"],
            swiftSettings: common, linkerSettings: [zlib]),
        .target(
            name: "SearchIndex",
            dependencies: [
                "TextAnalysis", "VectorIndex", "SparseIndex", "IndexFiles", "Tensors", "CPostings",
            ],
            swiftSettings: common),
        // Level 4
        .target(
            name: "Mappings", dependencies: ["SearchIndex", "VectorIndex", "SparseIndex", "TextAnalysis", "JSON"],
            swiftSettings: common),
        .target(
            name: "Relevance", dependencies: ["RandomNumbers", "JSON", "CZlib"], swiftSettings: safe,
            linkerSettings: [zlib]),
        .target(
            name: "Inference",
            dependencies: ["Encoders", "Layers", "Tokenizers", "ModelFiles", "Tensors", "Telemetry"],
            swiftSettings: common),
        .target(
            name: "Teachers",
            dependencies: ["Encoders", "SearchIndex", "TextAnalysis", "Relevance", "ModelFiles", "JSON"],
            swiftSettings: common),
        .target(
            name: "TrainableEncoders", dependencies: ["Encoders", "Layers", "Tensors", "ModelFiles", "JSON"],
            swiftSettings: common),
        // Level 5
        .target(
            name: "Querying",
            dependencies: [
                "Mappings", "SearchIndex", "VectorIndex", "SparseIndex", "IndexFiles", "TextAnalysis", "JSON",
            ], swiftSettings: common),
        .target(
            name: "Routing",
            dependencies: [
                "Access", "PercentEncoding", "JSON", .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: safe),
        .target(
            name: "ModelHub",
            dependencies: [
                "PercentEncoding", "JSON",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: common),
        .target(
            name: "Connectors", dependencies: ["Scripting", "ModelFiles", "PercentEncoding", "JSON"],
            swiftSettings: common),
        .target(
            name: "Training",
            dependencies: [
                "TrainableEncoders", "Losses", "Teachers", "ModelExport", "Relevance", "Encoders", "Tokenizers",
                "ModelFiles", "Layers", "YAML", "JSON", "Tensors",
            ],
            swiftSettings: common),
        .target(
            name: "NegativeMining",
            dependencies: [
                "Teachers", "SearchIndex", "TextAnalysis", "Encoders", "Relevance", "ModelFiles", "RandomNumbers",
                "Tensors", "JSON",
            ], swiftSettings: common),
        .target(
            name: "ClusterAccess", dependencies: ["Relevance", "ModelExport", "ModelFiles", "PercentEncoding", "JSON"],
            swiftSettings: common),
        // Level 6
        .target(
            name: "Indices",
            dependencies: [
                "Querying", "Mappings", "SearchIndex", "TextAnalysis", "DocumentStore", "ClusterState", "JSON",
            ],
            swiftSettings: common),
        .target(
            name: "Pipelines", dependencies: ["Querying", "SparseIndex", "TextAnalysis", "Scripting", "JSON"],
            swiftSettings: safe),
        .target(
            name: "TextEncoding", dependencies: ["Inference", "Querying", "Encoders", "JSON"], swiftSettings: safe),
        .target(
            name: "QueryGeneration",
            dependencies: [
                "NegativeMining", "SearchIndex", "TextAnalysis", "Relevance", "ModelFiles", "RandomNumbers", "JSON",
            ],
            swiftSettings: safe),
        .target(
            name: "QueryPrompting",
            dependencies: ["QueryGeneration", "Connectors", "Relevance", "Tokenizers", "ModelFiles", "JSON"],
            swiftSettings: safe),
        .target(
            name: "FineTuning",
            dependencies: [
                "Workflows", "ClusterAccess", "QueryPrompting", "QueryGeneration", "NegativeMining", "Teachers",
                "Training", "TrainableEncoders", "Losses", "Connectors", "ModelExport", "HybridTuning", "Querying",
                "Relevance", "TextAnalysis", "Encoders", "ModelFiles", "RandomNumbers", "YAML", "JSON", "Tensors",
            ],
            swiftSettings: safe),
        .target(name: "HybridTuning", dependencies: ["Querying", "Relevance", "JSON"], swiftSettings: safe),
        .target(name: "TrainingReport", dependencies: ["Training", "TrainableEncoders", "JSON"], swiftSettings: safe),
        .target(
            name: "FineTuningReport", dependencies: ["TrainingReport", "Training", "Workflows", "Relevance", "JSON"],
            swiftSettings: safe),
        .target(
            name: "Ingest",
            dependencies: ["Pipelines", "Querying", "Mappings", "SparseIndex", "TextAnalysis", "Scripting", "JSON"],
            swiftSettings: safe),
        .target(
            name: "Credentials",
            dependencies: [
                "Access", "ClusterState", "JSON",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ],
            swiftSettings: common),
        .target(
            name: "InferenceAPI",
            dependencies: [
                "Inference", "Routing", "Encoders", "ModelFiles", "JSON",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: safe),
        .target(
            name: "Serving",
            dependencies: [
                "Routing", "Access", "Telemetry", "JSON", "CZlib",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: common, linkerSettings: [zlib]),
        .target(
            name: "Settings",
            dependencies: [
                "Serving", "Inference", "Encoders", "ModelFiles", "YAML", "JSON",
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: safe),
        .target(
            name: "ConnectorHosting",
            dependencies: [
                "Connectors", "ModelHub",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: common),
        .target(
            name: "ClusterClient",
            dependencies: [
                "ClusterAccess", "Connectors", "ModelFiles", "JSON",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: common),
        .target(
            name: "MLCommons",
            dependencies: [
                "ClusterState", "Connectors", "Access", "ModelFiles", "JSON",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: common),
        // Level 7
        .target(
            name: "ModelHosting",
            dependencies: ["MLCommons", "ModelHub", "Querying", "Inference", "Encoders", "ModelFiles", "JSON"],
            swiftSettings: common),
        .target(
            name: "OpenSearchAPI",
            dependencies: [
                "MLCommons", "Ingest", "Pipelines", "Scripting", "Indices", "Querying", "Mappings", "SearchIndex",
                "VectorIndex", "TextAnalysis", "DocumentStore", "ClusterState", "Access", "Routing", "JSON",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: common),
        // Level 8
        .executableTarget(
            name: "needletail",
            dependencies: [
                "Encoders", "Tokenizers", "ModelFiles", "Relevance", "JSON", "Telemetry", "Inference",
                "ModelHub", "MLCommons", "ModelHosting", "ConnectorHosting", "Access", "Credentials",
                "InferenceAPI", "OpenSearchAPI", "ClusterState", "DocumentStore", "Indices", "Routing", "Serving",
                "Settings", "Tensors", "TextEncoding", "HybridTuning", "Querying", "Losses", "TrainableEncoders",
                "Training", "TrainingReport", "Teachers", "NegativeMining", "QueryGeneration", "ModelExport",
                "FineTuning", "FineTuningHosting", "FineTuningReport", "Workflows", "ClusterAccess", "ClusterClient",
                "PercentEncoding",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: common
        ),
        // Tests
        .target(name: "TestSupport", dependencies: [], path: "Tests/TestSupport", swiftSettings: common),
        .testTarget(name: "JSONTests", dependencies: ["JSON", "TestSupport"], swiftSettings: common),
        .testTarget(name: "PercentEncodingTests", dependencies: ["PercentEncoding"], swiftSettings: common),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "ModelFilesTests", dependencies: ["ModelFiles", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "TokenizersTests", dependencies: ["Tokenizers", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "LossesTests", dependencies: ["Losses", "Tensors", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(name: "LayersTests", dependencies: ["Layers", "Tensors", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "EncodersTests",
            dependencies: ["Encoders", "ModelFiles", "JSON", "Tensors", "TestSupport"],
            swiftSettings: common
        ),
        .testTarget(
            name: "TeachersTests", dependencies: ["Teachers", "Encoders", "JSON", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "TrainableEncodersTests",
            dependencies: [
                "TrainableEncoders", "Encoders", "Layers", "ModelFiles", "Tensors", "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "NegativeMiningTests",
            dependencies: [
                "NegativeMining", "Teachers", "TextAnalysis", "Relevance", "Encoders", "Tensors", "JSON", "TestSupport",
            ], swiftSettings: common),
        .testTarget(
            name: "QueryPromptingTests",
            dependencies: [
                "QueryPrompting", "QueryGeneration", "Connectors", "NegativeMining", "Relevance", "Tensors", "JSON",
                "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "QueryGenerationTests",
            dependencies: ["QueryGeneration", "NegativeMining", "Relevance", "Tensors", "JSON", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "ModelExportTests",
            dependencies: ["ModelExport", "Encoders", "ModelFiles", "JSON", "Tensors", "TestSupport"],
            swiftSettings: common),
        .testTarget(name: "RelevanceTests", dependencies: ["Relevance", "TestSupport"], swiftSettings: common),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: common),
        .testTarget(name: "YAMLTests", dependencies: ["YAML", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "InferenceTests",
            dependencies: [
                "Inference", "Encoders", "Layers", "Telemetry", "ModelFiles", "Tensors", "Tokenizers", "JSON",
                "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "RoutingTests",
            dependencies: ["Routing", "Access", .product(name: "HTTPTypes", package: "swift-http-types")],
            swiftSettings: common),
        .testTarget(
            name: "ModelHubTests",
            dependencies: [
                "ModelHub", "Encoders", "JSON", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "InferenceAPITests",
            dependencies: [
                "InferenceAPI", "Inference", "Encoders", "ModelFiles", "Routing", "JSON", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "CredentialsTests",
            dependencies: ["Credentials", "Access", "ClusterState", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "ServingTests",
            dependencies: [
                "Serving", "Routing", "Access", "Telemetry", "JSON", "CZlib", "TestSupport",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: common),
        .executableTarget(
            name: "ExportDriver", dependencies: ["ModelExport", "ModelFiles", "JSON"], path: "Tests/ExportDriver",
            swiftSettings: common),
        .executableTarget(
            name: "StoreDriver",
            dependencies: [
                "Indices", "SearchIndex", "VectorIndex", "SparseIndex", "DocumentStore", "ClusterState", "JSON",
            ],
            path: "Tests/StoreDriver",
            swiftSettings: common),
        .executableTarget(
            name: "TrainingDriver", dependencies: ["Training", "TrainableEncoders"], path: "Tests/TrainingDriver",
            swiftSettings: common),
        .target(
            name: "FineTuningHosting",
            dependencies: [
                "FineTuning", "Workflows", "ClusterAccess", "MLCommons", "Routing", "Access", "ModelFiles", "JSON",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: safe),
        .executableTarget(
            name: "FineTuningDriver", dependencies: ["FineTuning", "Workflows", "JSON"], path: "Tests/FineTuningDriver",
            swiftSettings: common),
        .testTarget(
            name: "FineTuningTests",
            dependencies: [
                "FineTuning", "FineTuningDriver", "Workflows", "ClusterAccess", "Connectors", "Relevance", "Encoders",
                "ModelFiles", "JSON", "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "FineTuningHostingTests",
            dependencies: [
                "FineTuningHosting", "FineTuning", "MLCommons", "Access", "ModelFiles", "JSON", "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "TextAnalysisTests", dependencies: ["TextAnalysis", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(name: "AccessTests", dependencies: ["Access", "JSON"], swiftSettings: common),
        .testTarget(
            name: "ClusterStateTests", dependencies: ["ClusterState", "SQLite", "JSON", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "DocumentStoreTests", dependencies: ["DocumentStore", "SQLite", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "SearchIndexTests",
            dependencies: [
                "SearchIndex", "VectorIndex", "SparseIndex", "IndexFiles", "CPostings", "TextAnalysis", "TestSupport",
            ], swiftSettings: common),
        .testTarget(
            name: "VectorIndexTests",
            dependencies: ["VectorIndex", "IndexFiles", "Tensors", "CKernels", "JSON", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "SparseIndexTests",
            dependencies: ["SparseIndex", "IndexFiles", "CPostings", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "MappingsTests",
            dependencies: ["Mappings", "SearchIndex", "VectorIndex", "SparseIndex", "TextAnalysis", "JSON"],
            swiftSettings: common),
        .testTarget(
            name: "QueryingTests",
            dependencies: [
                "Querying", "Mappings", "SearchIndex", "VectorIndex", "SparseIndex", "TextAnalysis", "JSON",
                "TestSupport",
            ], swiftSettings: common),
        .testTarget(
            name: "TextEncodingTests",
            dependencies: ["TextEncoding", "Inference", "Encoders", "ModelFiles", "Querying", "JSON", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "ClusterAccessTests",
            dependencies: ["ClusterAccess", "Relevance", "ModelFiles", "JSON", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "HybridTuningTests", dependencies: ["HybridTuning", "Pipelines", "Querying", "Relevance", "JSON"],
            swiftSettings: common),
        .testTarget(
            name: "PipelinesTests", dependencies: ["Pipelines", "Querying", "SparseIndex", "JSON"],
            swiftSettings: common),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "TrainingDriver", "TrainableEncoders", "Losses", "Teachers", "Relevance", "Encoders",
                "Layers", "ModelFiles", "JSON", "Tensors", "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "FineTuningReportTests",
            dependencies: ["FineTuningReport", "Training", "Workflows", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "TrainingReportTests", dependencies: ["TrainingReport", "Training", "JSON"], swiftSettings: common),
        .testTarget(name: "ScriptingTests", dependencies: ["Scripting", "JSON"], swiftSettings: common),
        .testTarget(name: "WorkflowsTests", dependencies: ["Workflows", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "IngestTests", dependencies: ["Ingest", "Pipelines", "Querying", "JSON"],
            swiftSettings: common),
        .testTarget(
            name: "IndicesTests",
            dependencies: [
                "Indices", "Mappings", "SearchIndex", "VectorIndex", "SparseIndex", "DocumentStore", "ClusterState",
                "SQLite", "JSON", "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "ConnectorsTests", dependencies: ["Connectors", "JSON", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "ClusterClientTests",
            dependencies: [
                "ClusterClient", "ClusterAccess", "Credentials", "JSON", "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "ConnectorHostingTests",
            dependencies: [
                "ConnectorHosting", "Connectors", "ModelHub", "QueryPrompting", "QueryGeneration", "Relevance", "JSON",
                "TestSupport",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "MLCommonsTests",
            dependencies: [
                "MLCommons", "Connectors", "Access", "ClusterState", "ModelFiles", "Routing", "JSON",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "OpenSearchAPITests",
            dependencies: [
                "OpenSearchAPI", "Access", "MLCommons", "TextEncoding", "Inference", "Encoders", "ModelFiles",
                "Indices",
                "Querying", "ClusterState", "Routing", "JSON", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "SettingsTests",
            dependencies: ["Settings", "Serving", "Inference", "ModelFiles", "YAML", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "OperationsTests",
            dependencies: [
                "Settings", "Serving", "Inference", "Telemetry", "Training", "Losses", "TrainableEncoders", "JSON",
                "TestSupport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "CommandLineTests", dependencies: ["Settings", "Training", "JSON", "TestSupport"],
            swiftSettings: common),
    ]
)
