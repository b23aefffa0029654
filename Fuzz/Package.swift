// swift-tools-version: 6.2
import PackageDescription

// Programs that feed random bytes to the readers of foreign files; kept out of the main package so that its users never
// build them. Build and run them with `scripts/fuzz`, which passes `--sanitize=fuzzer`.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
    // libFuzzer brings `main`.
    .unsafeFlags(["-parse-as-library"]),
]

/// One reader, one program: `Sources/<name>` becomes `fuzz-<name in lower case>`.
func harness(_ name: String) -> Target {
    .executableTarget(
        name: "fuzz-" + name.lowercased(),
        dependencies: [.product(name: "NeedletailEngine", package: "needletail"), "FuzzInput"],
        path: "Sources/" + name, swiftSettings: settings)
}

/// The same for the readers of the search engine.
func searchHarness(_ name: String) -> Target {
    .executableTarget(
        name: "fuzz-" + name.lowercased(),
        dependencies: [.product(name: "NeedletailSearch", package: "needletail"), "FuzzNode"],
        path: "Sources/" + name, swiftSettings: settings)
}

/// The same for the readers of what language models answer.
func promptingHarness(_ name: String) -> Target {
    .executableTarget(
        name: "fuzz-" + name.lowercased(),
        dependencies: [.product(name: "NeedletailPrompting", package: "needletail"), "FuzzInput"],
        path: "Sources/" + name, swiftSettings: settings)
}

let package = Package(
    name: "Fuzz",
    dependencies: [.package(name: "needletail", path: "..")],
    targets: [
        .target(
            name: "FuzzInput", dependencies: [.product(name: "NeedletailEngine", package: "needletail")],
            swiftSettings: settings),
        harness("Zip"),
        harness("Pickle"),
        harness("Torch"),
        harness("ONNX"),
        harness("Safetensors"),
        harness("JSON"),
        harness("YAML"),
        harness("Tokenizer"),
        harness("ModelFolder"),
        .target(
            name: "FuzzNode", dependencies: [.product(name: "NeedletailSearch", package: "needletail")],
            swiftSettings: settings),
        searchHarness("Segment"),
        searchHarness("Query"),
        searchHarness("Mapping"),
        searchHarness("Analysis"),
        searchHarness("Bulk"),
        promptingHarness("Answers"),
    ]
)
