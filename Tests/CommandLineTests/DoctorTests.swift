import Foundation
import JSON
import TestSupport
import Testing

/// What `needletail doctor` finds.
@Suite struct DoctorTests {
    private func findings(
        _ arguments: [String], in folder: TemporaryFolder
    ) throws -> (status: Int32, lines: [JSONValue]) {
        let result = try Program.run(
            ["doctor", "--format", "jsonl"] + arguments, environment: ["HF_HUB_OFFLINE": "1", "HOME": folder.path],
            in: folder.path)
        #expect(result.errors.isEmpty)
        return (result.status, try result.lines.map { try JSONValue(parsing: String($0)) })
    }

    private func problems(_ lines: [JSONValue]) -> [String] {
        lines.filter { $0["status"] == "problem" }.compactMap { $0["text"]?.string }
    }

    @Test func aSoundMachineAndConfigurationHaveNoProblem() throws {
        try TemporaryFolder.with { folder in
            try folder.write(
                "api: {port: 0}\ninference: {a: {model: starter-cross-encoder}}\n", to: "n.yaml")
            let (status, lines) = try findings(["--config", "n.yaml"], in: folder)
            #expect(status == 0, "\(lines)")
            let subjects = Set(lines.compactMap { $0["subject"]?.string })
            #expect(
                subjects.isSuperset(of: [
                    "settings", "cpu", "speed", "cores", "memory", "files", "address", "tls", "keys", "hub", "model",
                ]))
            #expect(
                lines.contains {
                    $0["text"]?.string?.hasPrefix("a: cross-encoder, bert, 22,713,601 parameters") == true
                })
        }
    }

    @Test func everyProblemIsTold() throws {
        try TemporaryFolder.with { folder in
            try folder.write("not a certificate", to: "c.pem")
            try folder.write("not a key", to: "k.pem")
            try folder.write(
                """
                api: {port: 0, tls_certificate: c.pem, tls_key: k.pem}
                inference:
                  a: {model: ./nowhere}
                  b: {model: starter-cross-encoder, type: dense}
                  c: {model: org/name}
                """, to: "n.yaml")
            let (status, lines) = try findings(["--config", "n.yaml"], in: folder)
            #expect(status == 1)
            let problems = problems(lines)
            #expect(problems.count == 4, "\(problems)")
            #expect(problems.contains { $0.contains("TLS cannot be set up from the certificate c.pem") })
            #expect(problems.contains { $0.hasPrefix("n.yaml, line 3: model 'a': ") })
            #expect(problems.contains { $0.contains("the model is a cross-encoder") })
            #expect(problems.contains { $0.hasPrefix("n.yaml, line 5: model 'c': ") })
        }
    }

    @Test func wrongSettingsAreProblemsWithTheirLines() throws {
        try TemporaryFolder.with { folder in
            try folder.write("api: {prot: 0}\nstate: {}\n", to: "n.yaml")
            let (status, lines) = try findings(["--config", "n.yaml"], in: folder)
            #expect(status == 1)
            #expect(problems(lines).map { String($0.prefix(14)) } == ["n.yaml, line 1", "n.yaml, line 2"])
            #expect(lines.contains { $0["subject"] == "cpu" }, "the machine is looked at anyway")
        }
    }

    @Test func keysThatOthersMayReadAreWarnedOf() throws {
        try TemporaryFolder.with { folder in
            try folder.write("0123456789abcdef0123\n", to: "keys")
            let file = folder.path + "/keys"
            for (mode, isWarned) in [(0o600, false), (0o640, false), (0o644, true)] {
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
                try folder.write("api: {port: 0, keys_file: keys}\n", to: "n.yaml")
                let (status, lines) = try findings(["--config", "n.yaml"], in: folder)
                #expect(status == 0)
                let warned = lines.contains { $0["text"]?.string?.contains("is open to other users") == true }
                #expect(warned == isWarned)
            }
        }
    }

    @Test func aTakenPortIsAProblem() throws {
        let result = try Program.shell(
            #"""
            "$NEEDLETAIL" serve --port 0 2>"$SCRATCH" & pid=$!
            for i in $(seq 600); do grep -q ^Ready "$SCRATCH" && break; sleep 0.1; done
            port=$(sed -n 's/.*http:\/\/127.0.0.1:\([0-9]*\)$/\1/p' "$SCRATCH")
            NEEDLETAIL_API_PORT=$port "$NEEDLETAIL" doctor | grep ^problem
            kill $pid; wait $pid; rm "$SCRATCH"
            """#,
            environment: [
                "SCRATCH": FileManager.default.temporaryDirectory.path + "/needletail-\(UUID().uuidString)",
                "HF_HUB_OFFLINE": "1",
            ])
        #expect(result.output.contains("Address already in use"), "\(result.output) \(result.errors)")
        #expect(result.lines.count == 1)
    }
}
