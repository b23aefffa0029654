import Foundation
import HTTPTypes
import JSON
import MLCommons
import Testing

/// Bodies of wrong types, huge names and ids that lead elsewhere: refused in words, and nothing is written.
@Suite struct HostileInputTests {
    @Test func atMostSoManyTextsAreTaken() async throws {
        try await Workplace.with { place in
            let id = try await place.deployed()
            for (count, status) in [(4096, 200), (4097, 400)] {
                let answer = try await place.call(
                    .post, "/models/\(id)/_predict",
                    ["query_text": "a", "text_docs": .array([JSONValue](repeating: "b", count: count))])
                #expect(answer.status == status)
            }
        }
    }

    private static let values: [JSONValue] = [
        nil, true, -1, 1.5, "", "../../etc/passwd", [], [[]], [1], [:], ["a": ["b": [:]]], "\0", "𝄞",
    ]

    @Test func wrongTypesAreRefusedInWords() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_url", "true")
            try place.set("allow_registering_model_via_local_file", "true")
            let id = try await place.deployed()
            let bodies: [(String, HTTPRequest.Method, JSONObject)] = [
                (
                    "/model_groups/_register", .post,
                    [
                        "name": "a", "description": "b", "access_mode": "public", "backend_roles": nil,
                        "add_all_backend_roles": false, "model_group_id": "x",
                    ]
                ),
                (
                    "/models/_register_meta", .post,
                    [
                        "name": "a", "version": "1", "model_format": "ONNX", "function_name": "TEXT_EMBEDDING",
                        "model_content_hash_value": "x", "total_chunks": 1, "model_content_size_in_bytes": 1,
                        "model_group_id": nil, "is_enabled": true, "rate_limiter": ["limit": 1],
                        "deploy_setting": ["model_ttl_minutes": 1],
                        "model_config": [
                            "model_type": "bert", "embedding_dimension": 1,
                            "framework_type": "sentence_transformers",
                        ],
                    ]
                ),
                (
                    "/models/\(id)/_predict", .post,
                    [
                        "query_text": "a", "text_docs": ["b"], "parameters": nil, "return_bytes": false,
                        "return_number": true, "target_response": [], "target_response_positions": [],
                    ]
                ),
                ("/models/_undeploy", .post, ["model_ids": ["x"], "node_ids": ["y"]]),
                ("/models/_search", .post, ["query": nil, "from": 0, "size": 1, "sort": [], "_source": true]),
                ("/profile", .get, ["node_ids": nil, "return_all_tasks": true, "model_ids": nil]),
            ]
            for (path, method, body) in bodies {
                for name in body.keys {
                    for value in Self.values {
                        var changed = body
                        changed[name] = value
                        let answer = try await place.call(method, path, .object(changed))
                        #expect([200, 400, 404].contains(answer.status), "\(path) \(name): \(value)")
                        if answer.status != 200 { #expect(answer.reason?.isEmpty == false) }
                    }
                }
            }
        }
    }

    @Test func bodiesThatAreNoObjectsAreRefused() async throws {
        try await Workplace.with { place in
            for bytes in ["", "[]", "null", "1", "{", "{\"name\":}", "\u{FF}"] {
                for path in ["/model_groups/_register", "/models/_register", "/_predict/text_embedding/x"] {
                    let answer = try await place.send(.post, path, [UInt8](bytes.utf8))
                    #expect(answer.status == 400, "\(path) \(bytes)")
                }
            }
            let deep = String(repeating: "[", count: 100_000)
            let answer = try await place.send(.post, "/models/_register", [UInt8](deep.utf8))
            #expect(answer.status == 400)
        }
    }

    @Test func hugeNamesAreRefused() async throws {
        try await Workplace.with { place in
            let huge = String(repeating: "x", count: 1 << 20)
            for path in ["/model_groups/_register", "/models/_register"] {
                let answer = try await place.call(
                    .post, path, ["name": .string(huge), "model_format": "ONNX", "version": "1"])
                #expect(answer.status == 400 && (answer.reason?.utf8.count ?? 0) < 500)
            }
            let answer = try await place.call(.get, "/models/\(huge)")
            #expect(answer.status == 404)
        }
    }

    @Test func idsLeadNowhere() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_local_file", "true")
            try Data("secret".utf8).write(to: URL(filePath: place.path + "/secret"))
            for id in ["..%2F..%2Fsecret", "%2e%2e", "..", "a%00b", "%2Fetc%2Fpasswd", "cluster.sqlite"] {
                for (method, path) in [
                    (HTTPRequest.Method.get, "/models/\(id)"), (.delete, "/models/\(id)"),
                    (.post, "/models/\(id)/_deploy"), (.post, "/models/\(id)/upload_chunk/0"),
                    (.get, "/tasks/\(id)"), (.delete, "/tasks/\(id)"), (.get, "/model_groups/\(id)"),
                    (.delete, "/model_groups/\(id)"),
                ] {
                    let answer = try await place.call(method, path, ["a": 1])
                    #expect(answer.status == 404, "\(method) \(path)")
                }
            }
            #expect(try Data(contentsOf: URL(filePath: place.path + "/secret")) == Data("secret".utf8))
        }
    }

    @Test func filesOutsideAreNotRead() async throws {
        try await Workplace.with { place in
            try place.set("allow_registering_model_via_url", "true")
            try place.set("allow_registering_model_via_local_file", "true")
            for url in ["file:///nowhere/model.zip", "file://host/x", "file:relative", "file:///etc/passwd"] {
                let answer = try await place.call(
                    .post, "/models/_register",
                    [
                        "name": "a", "version": "1", "model_format": "ONNX", "url": .string(url),
                        "model_content_hash_value": "00",
                        "model_config": [
                            "model_type": "bert", "embedding_dimension": 3, "framework_type": "sentence_transformers",
                        ],
                    ])
                guard answer.status == 200 else {
                    #expect(answer.status == 400)
                    continue
                }
                await place.commons.settle()
                let task = try await place.task(answer["task_id"]?.string)
                #expect(task["state"] == "FAILED" && task["error"]?.string?.contains("root:") == false)
            }
        }
    }
}
