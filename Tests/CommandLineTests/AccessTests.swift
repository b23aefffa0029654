import Foundation
import JSON
import TestSupport
import Testing

/// Who may use a server with documents, from its first start on: the whole program, as clients meet it.
@Suite struct AccessTests {
    /// Lines of shell: `start ARGUMENTS` runs a server, `ask USER:PASSWORD METHOD PATH BODY` prints an answer's status and body.
    private static let preamble = #"""
        export NEEDLETAIL_LIMITS_THREADS=1
        start() {
            "$NEEDLETAIL" serve --data data --port 0 --log-level trace "$@" 2>>err & pid=$!
            for i in $(seq 600); do
                [ "$(grep -c ^Ready err)" -gt "${started:-0}" ] && break
                kill -0 $pid 2>/dev/null || break
                sleep 0.1
            done
            started=$(grep -c ^Ready err)
            url=$(sed -n 's/.*listening *\(https*:[^ ]*\)$/\1/p' err | tail -1)
        }
        ask() {
            local type=application/json
            case $3 in *_bulk*|*_msearch*) type=application/x-ndjson;; esac
            local arguments=(-sS --max-time 200 -X "$2" -w '\n%{http_code}\n' -H "Content-Type: $type")
            if [ -f data/tls/certificate.pem ]; then arguments+=(--cacert data/tls/certificate.pem); fi
            if [ -n "$1" ]; then arguments+=(-u "$1"); fi
            if [ -n "${4:-}" ]; then arguments+=(--data-binary "$4"); fi
            curl "${arguments[@]}" "$url$3" 2>&1 | tac | paste -sd' ' -
        }
        stop() { kill -TERM $pid; wait $pid; echo "status $?"; }
        crash() { kill -KILL $pid; wait $pid 2>/dev/null; }

        """#

    private func shell(_ script: String, environment: [String: String] = [:]) throws -> Program.Result {
        try TemporaryFolder.with { folder in
            try Program.shell(
                "cd \(folder.path)\n" + Self.preamble + script,
                environment: environment.merging(["HF_HUB_OFFLINE": "1", "HOME": folder.path]) { old, _ in old })
        }
    }

    @Test func theFirstStartIsSafe() throws {
        let result = try shell(
            #"""
            start
            echo "url ${url%%:*}"
            password=$(cat data/initial_admin_password)
            stat -c 'mode %a' data/initial_admin_password data/tls/key.pem
            echo "nobody $(ask '' GET /)"
            echo "plain $(curl -s --max-time 5 -o /dev/null -w '%{http_code}' http://${url#https://}/livez)"
            echo "open $(ask '' GET /livez)"
            echo "wrong $(ask admin:wrong GET /)"
            echo "right $(ask "admin:$password" GET '/?filter_path=cluster_name')"
            echo "models $(ask '' POST /rerank '{"query":"a","texts":["b"]}')"
            echo "untrusted $(curl -s --max-time 5 $url/livez; echo $?)"
            sum=$(sha256sum data/tls/certificate.pem)
            stop
            start
            echo "again $(ask "admin:$password" GET '/?filter_path=cluster_name')"
            [ "$sum" = "$(sha256sum data/tls/certificate.pem)" ] && echo "the same certificate"
            stop
            grep -c "a certificate was made" err
            grep -qF "$password" err && echo "the password is in the log"
            grep -qF "$(printf 'admin:%s' "$password" | base64)" err && echo "the field is in the log"
            grep -o 'user[" :=]*admin' err | head -1
            cat err >&2
            """#)
        let lines = result.lines
        #expect(lines.contains("url https"), "\(result.output) \(result.errors.prefix(3000))")
        #expect(lines.filter { $0 == "mode 600" }.count == 2)
        #expect(lines.contains { $0.hasPrefix("nobody 401 ") && $0.contains("Unauthorized") }, "\(result.output)")
        #expect(lines.contains("plain 000"), "nothing is told without TLS")
        #expect(lines.contains { $0.hasPrefix("open 200") })
        #expect(lines.contains { $0.hasPrefix("wrong 401") })
        #expect(lines.contains { $0.hasPrefix("right 200") && $0.contains("needletail") })
        #expect(lines.contains { $0.hasPrefix("models 401") })
        #expect(lines.contains { $0.hasPrefix("untrusted 60") })
        #expect(lines.contains { $0.hasPrefix("again 200") })
        #expect(lines.contains("the same certificate"))
        #expect(lines.contains("1"), "the certificate is told once")
        #expect(!result.output.contains("is in the log"))
        #expect(lines.count { $0 == "status 0" } == 2)
    }

    @Test(arguments: ["NEEDLETAIL_INITIAL_ADMIN_PASSWORD", "OPENSEARCH_INITIAL_ADMIN_PASSWORD"])
    func theEnvironmentGivesTheFirstPassword(_ variable: String) throws {
        let result = try shell(
            #"""
            start
            ls data
            echo "right $(ask admin:Developer@123 GET /_plugins/_security/authinfo)"
            stop
            grep -c Developer err
            """#, environment: [variable: "Developer@123"])
        #expect(result.lines.contains { $0.hasPrefix("right 200") && $0.contains("all_access") }, "\(result.output)")
        #expect(!result.lines.contains("initial_admin_password"))
        #expect(result.lines.last == "0")
        let weak = try shell(#"start; wait $pid; echo "status $?"; cat err"#, environment: [variable: "admin"])
        #expect(weak.output.contains("status 78"))
        #expect(weak.output.contains("\(variable): Weak password"), "\(weak.output)")
    }

    @Test func rightsHold() throws {
        let result = try shell(
            #"""
            admin=admin:Developer@123
            start
            s=/_plugins/_security/api
            echo "role $(ask $admin PUT $s/roles/books '{"cluster_permissions":["cluster_composite_ops"],"index_permissions":[{"index_patterns":["books-*"],"allowed_actions":["crud","create_index"]}]}')"
            echo "reader $(ask $admin PUT $s/internalusers/rita '{"password":"Reader#1789","opendistro_security_roles":["read"]}')"
            echo "writer $(ask $admin PUT $s/internalusers/wim '{"password":"Writer#1789"}')"
            echo "mapping $(ask $admin PUT $s/rolesmapping/books '{"users":["wim"]}')"
            echo "bulk $(ask $admin POST '/_bulk?refresh' $'{"index":{"_index":"books-1","_id":"1"}}\n{"t":"one"}\n{"index":{"_index":"films","_id":"1"}}\n{"t":"two"}\n')"
            rita=rita:Reader#1789 wim=wim:Writer#1789
            echo "rita-search $(ask $rita GET '/films/_search?filter_path=hits.total.value')"
            echo "rita-write $(ask $rita PUT /films/_doc/2 '{}')"
            echo "rita-bulk $(ask $rita POST /_bulk $'{"index":{"_index":"films"}}\n{}\n')"
            echo "rita-users $(ask $rita GET $s/internalusers)"
            echo "rita-predict $(ask $rita POST /rerank '{"query":"a","texts":["b"]}')"
            echo "wim-write $(ask $wim PUT /books-2/_doc/1 '{}')"
            echo "wim-search $(ask $wim GET /films/_search)"
            echo "wim-all $(ask $wim GET /_search)"
            echo "wim-bulk $(ask $wim POST '/_bulk?filter_path=items.*.status' $'{"index":{"_index":"books-1"}}\n{}\n{"index":{"_index":"films"}}\n{}\n')"
            echo "wim-msearch $(ask $wim POST '/_msearch?filter_path=responses.status' $'{"index":"books-1"}\n{}\n{"index":"films"}\n{}\n')"
            echo "wim-mget $(ask $wim POST '/_mget?filter_path=docs.found,docs.error.type' '{"docs":[{"_index":"books-1","_id":"1"},{"_index":"films","_id":"1"}]}')"
            echo "wim-predict $(ask $wim POST /rerank '{"query":"a","texts":["b"]}')"
            key=$(curl -s --cacert data/tls/certificate.pem -u $rita -X POST -H 'Content-Type: application/json' $url/_security/api_key -d '{"name":"k"}' | sed 's/.*"encoded":"\([^"]*\)".*/\1/')
            echo "key $(curl -s --cacert data/tls/certificate.pem -o /dev/null -w '%{http_code}' -H "Authorization: ApiKey $key" $url/films/_count)"
            echo "key-write $(curl -s --cacert data/tls/certificate.pem -o /dev/null -w '%{http_code}' -H "Authorization: ApiKey $key" -X DELETE $url/films)"
            crash
            start
            echo "after $(ask $wim PUT /books-2/_doc/2 '{}')"
            echo "after-key $(curl -s --cacert data/tls/certificate.pem -o /dev/null -w '%{http_code}' -H "Authorization: ApiKey $key" $url/films/_count)"
            echo "gone $(ask $admin DELETE $s/internalusers/wim)"
            crash
            start
            echo "wim-gone $(ask $wim PUT /books-2/_doc/3 '{}')"
            stop
            for secret in Developer@123 'Reader#1789' 'Writer#1789' "$key" "$(printf %s "$key" | base64 -d | cut -d: -f2)" scrypt; do
                grep -qF -- "$secret" err && echo "secret in the log: $secret"
            done
            """#, environment: ["NEEDLETAIL_INITIAL_ADMIN_PASSWORD": "Developer@123"])
        func expect(_ name: String, _ status: Int, _ text: String = "") {
            let answer = result.lines.first { $0.hasPrefix(name + " ") }
            #expect(
                answer?.hasPrefix("\(name) \(status) ") == true && (text.isEmpty || answer?.contains(text) == true),
                "\(name): \(answer ?? "nothing")")
        }
        expect("role", 201)
        expect("reader", 201)
        expect("mapping", 201)
        expect("bulk", 200, #""errors":false"#)
        expect("rita-search", 200, #""value":1"#)
        expect("rita-write", 403, "security_exception")
        expect("rita-bulk", 403)
        expect("rita-users", 403)
        expect("wim-write", 201)
        expect("wim-search", 403, "no permissions for [indices:data/read/search] and User [name=wim")
        expect("wim-all", 403)
        expect("wim-bulk", 200, #"[{"index":{"status":201}},{"index":{"status":403}}]"#)
        expect("wim-msearch", 200, #"[{"status":200},{"status":403}]"#)
        expect("wim-mget", 200, #"[{"found":true},{"error":{"type":"security_exception"}}]"#)
        expect("wim-predict", 403)
        #expect(result.lines.contains("key 200"))
        #expect(result.lines.contains("key-write 403"))
        expect("after", 201)
        #expect(result.lines.contains("after-key 200"))
        expect("gone", 200)
        expect("wim-gone", 401)
        #expect(!result.output.contains("secret in the log"), "\(result.output)")
        // There is no model; that is found out after the right was.
        expect("rita-predict", 424)
    }

    @Test func insecureIsForLoopbackAndNeedsNothing() throws {
        let result = try shell(
            #"""
            start --insecure
            echo "$url" | cut -d: -f1
            echo "write $(ask '' PUT /books/_doc/1 '{}')"
            echo "users $(ask '' GET /_plugins/_security/api/internalusers)"
            ls data
            stop
            "$NEEDLETAIL" serve --data data --port 0 --host 0.0.0.0 --insecure; echo "wide $?"
            """#)
        #expect(result.lines.contains("http"), "\(result.output)")
        #expect(result.lines.contains { $0.hasPrefix("write 201") })
        #expect(result.lines.contains { $0.hasPrefix("users 400") })
        #expect(!result.lines.contains("tls") && !result.lines.contains("initial_admin_password"))
        #expect(result.lines.contains("wide 78"))
    }

    @Test func keysOfTheSettingsGoOn() throws {
        let result = try shell(
            #"""
            start --api-keys a-key-of-the-settings
            echo "$url" | cut -d: -f1
            echo "nobody $(ask '' GET /)"
            echo "key $(ask anybody:a-key-of-the-settings PUT /books/_doc/1 '{}')"
            echo "user $(ask anybody:a-key-of-the-settings PUT /_plugins/_security/api/internalusers/ada '{"password":"Reader#1789","opendistro_security_roles":["read"]}')"
            echo "ada $(ask 'ada:Reader#1789' GET /books/_count)"
            echo "ada-write $(ask 'ada:Reader#1789' PUT /books/_doc/2 '{}')"
            ls data
            stop
            """#)
        #expect(result.lines.contains("http"), "\(result.output)")
        for start in ["nobody 401", "key 201", "user 201", "ada 200", "ada-write 403"] {
            #expect(result.lines.contains { $0.hasPrefix(start + " ") }, "\(start): \(result.output)")
        }
        #expect(!result.lines.contains("initial_admin_password"))
    }

    @Test func aLostPasswordIsReplacedWithoutAServer() throws {
        let result = try shell(
            #"""
            start
            "$NEEDLETAIL" users reset-password --data data; echo "held $?"
            stop
            "$NEEDLETAIL" users list --data data --format jsonl
            new=$("$NEEDLETAIL" users reset-password --data data)
            echo "weak $(echo weak | "$NEEDLETAIL" users reset-password --data data --stdin 2>&1; echo $?)"
            "$NEEDLETAIL" users reset-password nobody --data data; echo "nobody $?"
            "$NEEDLETAIL" users list --data nowhere; echo "nowhere $?"
            start
            echo "old $(ask "admin:$(cat data/initial_admin_password)" GET /)"
            echo "new $(ask "admin:$new" GET /)"
            stop
            """#)
        #expect(result.lines.contains("held 78"), "\(result.output) \(result.errors)")
        #expect(result.lines.contains(#"{"user":"admin","roles":["all_access"]}"#))
        #expect(result.output.contains("Weak password"))
        #expect(result.lines.contains("nobody 66"))
        #expect(result.lines.contains("nowhere 66"))
        #expect(result.lines.contains { $0.hasPrefix("old 401") })
        #expect(result.lines.contains { $0.hasPrefix("new 200") })
    }

    @Test func certificatesAreMadeAnewBeforeTheyEnd() throws {
        let result = try shell(
            #"""
            start
            stop
            first=$(openssl x509 -in data/tls/certificate.pem -noout -serial)
            echo broken > data/tls/key.pem
            start
            echo "open $(ask '' GET /livez)"
            stop
            second=$(openssl x509 -in data/tls/certificate.pem -noout -serial)
            [ "$first" != "$second" ] && echo "another"
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout data/tls/key.pem -out data/tls/certificate.pem \
                -days 3 -subj /CN=localhost 2>/dev/null
            start
            stop
            openssl x509 -in data/tls/certificate.pem -noout -checkend 30000000 && echo "renewed"
            """#)
        #expect(result.lines.contains { $0.hasPrefix("open 200") }, "\(result.output) \(result.errors)")
        #expect(result.lines.contains("another"))
        #expect(result.lines.contains("renewed"))
    }
}
