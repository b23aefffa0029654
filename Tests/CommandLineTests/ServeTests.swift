import Foundation
import JSON
import Settings
import TestSupport
import Testing

/// `needletail serve`, run as an operator runs it.
@Suite struct ServeTests {
    /// Lines of shell that start a server with arguments, wait until it is ready or gone, and let a test ask it things.
    private static let preamble = #"""
        start() {
            "$NEEDLETAIL" serve --port 0 "$@" 2>err & pid=$!
            for i in $(seq 600); do
                grep -q ^Ready err && break
                kill -0 $pid 2>/dev/null || break
                sleep 0.1
            done
            port=$(sed -n 's/.*http:\/\/127.0.0.1:\([0-9]*\)$/\1/p' err)
        }
        ask() { # METHOD PATH BODY HEADER...
            exec 3<>/dev/tcp/127.0.0.1/$port
            printf '%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n' "$1" "$2" >&3
            printf 'Content-Length: %d\r\n' ${#3} >&3
            if [ -n "${4:-}" ]; then printf '%s\r\n' "$4" >&3; fi
            printf '\r\n%s' "$3" >&3
            tr -d '\r' <&3 | sed -n '1p;$p'
            echo
            exec 3<&-
        }
        stop() { kill -TERM $pid; wait $pid; echo "status $?"; }

        """#

    private func shell(_ script: String, environment: [String: String] = [:]) throws -> Program.Result {
        try TemporaryFolder.with { folder in
            try Program.shell(
                "cd \(folder.path)\n" + Self.preamble + script,
                environment: environment.merging(["HF_HUB_OFFLINE": "1", "HOME": folder.path]) { old, _ in old })
        }
    }

    @Test func aServerStartsAnswersAndEndsQuietly() throws {
        let result = try shell(
            #"""
            start --log-format json
            ask GET /livez ''
            ask GET /readyz ''
            ask POST /v1/rerank '{"query":"tea","documents":["green tea","a car"]}'
            ask POST /inference/encoder/starter-cross-encoder '{"input":[{"query":"crocs","title":"Crocs Jibbitz"}]}'
            ask GET /openapi.json ''
            "$NEEDLETAIL" serve --port $port; echo "second $?"
            stop
            cat err
            """#)
        let lines = result.lines
        #expect(lines.contains("HTTP/1.1 200 OK"), "\(result.output) \(result.errors)")
        #expect(lines.contains(#"{"status":"alive"}"#))
        #expect(lines.contains(#"{"status":"ready","models":[{"name":"starter-cross-encoder","status":"ready"}]}"#))
        #expect(result.output.contains("relevance_score"))
        #expect(lines.contains { $0.hasPrefix(#"{"scores":["#) }, "the guide's request")
        for path in ["/readyz", "/rerank", "/v1/embeddings", "/inference/encoder/{name}"] {
            #expect(result.output.contains("\"\(path)\":{"), "\(path) is not in the document")
        }
        #expect(lines.contains("status 0"))
        #expect(lines.contains("second 78"), "a port that is taken")
        #expect(lines.contains { $0.hasPrefix("  models     starter-cross-encoder: cross-encoder, auto, ") })
        #expect(lines.contains { $0.hasPrefix("Ready: 1 model loaded in ") })
        #expect(lines.contains { $0.hasPrefix("  starter-cross-encoder: ") && $0.contains("int8") })
        #expect(lines.contains { $0.hasPrefix("  note: no model was named") })
        let request = try #require(lines.first { $0.contains(#""path":"/v1/rerank""#) })
        #expect(try JSONValue(parsing: String(request))["status"]?.int == 200)
    }

    @Test func keysComeFromTheEnvironmentAndAreNotShown() throws {
        let result = try shell(
            #"""
            start
            ask POST /v1/rerank '{"query":"tea","documents":["x"]}'
            ask POST /v1/rerank '{"query":"tea","documents":["x"]}' 'Authorization: Bearer first-secret'
            ask GET /livez ''
            stop
            cat err
            "$NEEDLETAIL" serve --print-config
            """#, environment: ["NEEDLETAIL_API_KEYS": "first-secret,second-secret"])
        let status = result.lines.filter { $0.hasPrefix("HTTP/1.1") }
        #expect(status == ["HTTP/1.1 401 Unauthorized", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK"], "\(result.output)")
        #expect(!result.output.contains("secret"))
        #expect(result.output.contains("# keys: 2 not shown  # NEEDLETAIL_API_KEYS"))
    }

    @Test func aModelThatCannotBeLoadedEndsTheStartUnlessItMayGoOn() throws {
        let broken = #"""
            mkdir -p broken && cp "$STARTER"/* broken/ && head -c 1000 "$STARTER"/model.safetensors > broken/model.safetensors

            """#
        let starter = ["STARTER": Fixture.repositoryRoot + "/Models/starter-cross-encoder"]
        let ended = try shell(
            broken + #"start --model good=$STARTER --model bad=./broken; wait $pid; echo "status $?"; cat err"#,
            environment: starter)
        #expect(ended.output.contains("status 65"), "\(ended.output)")
        #expect(ended.output.contains("needletail: --model: model 'bad': "))
        let goingOn = try shell(
            broken + "start --model good=$STARTER --model bad=./broken --keep-going; ask GET /readyz ''; stop",
            environment: starter)
        #expect(
            goingOn.output.contains(
                #"{"name":"good","status":"ready"},{"name":"bad","status":"failed","reason":"it could not be loaded"}"#),
            "\(goingOn.output)")
        #expect(goingOn.output.contains("status 0"))
    }

    @Test func wrongSettingsEndWith78AndAreNamedByLineAndKey() throws {
        let result = try shell(
            #"""
            printf 'api:\n  prot: 80\nlimits:\n  queue_timeout: 30\n' > n.yaml
            "$NEEDLETAIL" serve --config n.yaml; echo "status $?"
            "$NEEDLETAIL" serve --config nowhere.yaml; echo "status $?"
            "$NEEDLETAIL" serve --port http; echo "status $?"
            """#)
        #expect(result.lines == ["status 78", "status 66", "status 78"])
        let errors = result.errors.split(separator: "\n")
        #expect(errors[0] == "needletail: n.yaml, line 2: there is no setting 'api.prot'. Did you mean 'api.port'?")
        #expect(errors[1].hasPrefix("n.yaml, line 4: limits.queue_timeout must be a duration"))
        #expect(errors[2] == "needletail: nowhere.yaml: there is no such configuration file.")
        #expect(errors[3].hasPrefix("needletail: --port: api.port must be a whole number"))
    }

    /// The guide's file, as Metarank's users have it, before the model has been fetched.
    @Test func theMetarankGuidesFileIsTaken() throws {
        let file = #"""
            printf 'inference:\n  msmarco:\n    type: cross-encoder\n    model: metarank/ce-msmarco-MiniLM-L6-v2\n' > n.yaml

            """#
        let online = try shell(
            file + #""$NEEDLETAIL" serve --config n.yaml --check; echo "status $?""#,
            environment: ["HF_HUB_OFFLINE": "0"])
        #expect(online.lines.first == "msmarco: would be fetched, metarank/ce-msmarco-MiniLM-L6-v2", "\(online.errors)")
        #expect(online.lines.last == "status 0")
        let offline = try shell(file + #""$NEEDLETAIL" serve --config n.yaml; echo "status $?""#)
        #expect(offline.lines == ["status 66"])
        #expect(offline.errors.contains("n.yaml, line 2: model 'msmarco': "))
    }

    /// Every flag reaches its setting, and wins.
    @Test func everySettingHasItsFlag() throws {
        try TemporaryFolder.with { folder in
            try folder.write("a-key\n", to: "keys")
            var arguments = ["serve", "--print-config"]
            for definition in SettingTable.all {
                let value: String =
                    switch definition.type {
                    case .text: "text"
                    case .path: folder.path + "/keys"
                    case .integer(let range): "\(range.lowerBound)"
                    case .duration: "7s"
                    case .bytes(let range): "\(range.lowerBound)"
                    case .boolean: "false"
                    case .choice(let words): words[0]
                    case .list: "a,b"
                    }
                arguments += [definition.flag, value]
            }
            let result = try Program.run(arguments)
            #expect(result.status == 0, "\(result.errors)")
            for definition in SettingTable.all {
                #expect(
                    result.lines.contains {
                        $0.contains(" \(definition.key): ") && $0.hasSuffix("  # \(definition.flag)")
                    }, "\(definition.name)")
            }
        }
    }

    @Test func helpNamesEverySettingWithItsDefault() throws {
        let help = try Program.run(["serve", "--help"], environment: ["COLUMNS": "1000"]).output
        for definition in SettingTable.all {
            #expect(help.contains("\(definition.meaning) [\(definition.name); \(definition.defaultText)]"))
        }
        let named = help.matches(of: #/\[([a-z]+\.[a-z_]+); /#).map { String($0.output.1) }
        #expect(named.sorted() == SettingTable.all.map(\.name).sorted())
    }

    @Test func flagsWinOverTheEnvironmentAndThatOverTheFile() throws {
        let result = try shell(
            #"""
            printf 'api:\n  port: 1\nlimits:\n  threads: 1\n  tile_tokens: 1\n' > n.yaml
            "$NEEDLETAIL" serve --config n.yaml --tile-tokens 3 --print-config | grep -E 'port|threads|tile'
            """#, environment: ["NEEDLETAIL_LIMITS_THREADS": "2", "NEEDLETAIL_LIMITS_TILE_TOKENS": "2"])
        #expect(
            result.lines == [
                "  port: 1  # n.yaml, line 2", "  io_threads: 1  # default",
                "  threads: 2  # NEEDLETAIL_LIMITS_THREADS", "  tile_tokens: 3  # --tile-tokens",
            ])
    }
}
