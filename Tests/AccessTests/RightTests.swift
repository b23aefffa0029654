import Access
import JSON
import Testing

/// Which actions roles allow on which indices.
struct RightTests {
    private func caller(_ role: Role, name: String = "ada", limits: [Role]? = nil) -> Caller {
        Caller(name: name, roles: [("tested", role)], limits: limits)
    }

    @Test func patternsOfNames() {
        let role = Role(indices: [
            .init(["books-*", "exact", "l?g"], ["indices:data/read/search"]), .init(["*-end", "a*b*c"], ["*"]),
        ])
        let caller = caller(role)
        let search = "indices:data/read/search"
        let allowed = ["books-1", "books-", "exact", "log", "the-end", "abc", "a-b-b-c", "abbc"]
        let refused = ["books", "exact2", "lg", "loog", "ends", "the-end-", "acb", "BOOKS-1", ""]
        for name in allowed { #expect(caller.allows(search, on: [name]), "\(name)") }
        for name in refused { #expect(!caller.allows(search, on: [name]), "\(name)") }
        #expect(!caller.allows("indices:data/read/get", on: ["books-1"]))
        #expect(caller.allows("indices:data/read/get", on: ["abc"]))
        #expect(!caller.allows(search))
    }

    @Test func rightsOnAnAliasAreRightsOnItsIndices() {
        let caller = caller(Role(indices: [.init(["library"], ["read"])]))
        #expect(caller.allows("indices:data/read/get", on: ["books-1", "library"]))
        #expect(!caller.allows("indices:data/read/get", on: ["books-1"]))
    }

    @Test func groupsStandForTheirActions() {
        let caller = caller(Role(cluster: ["cluster_composite_ops"], indices: [.init(["a"], ["crud"])]))
        for action in ["indices:data/write/bulk", "indices:data/read/mget", "indices:admin/aliases/get"] {
            #expect(caller.allows(action), "\(action)")
        }
        #expect(!caller.allows("cluster:monitor/main"))
        for action in ["indices:data/read/search", "indices:data/write/bulk[s]", "indices:admin/mapping/put"] {
            #expect(caller.allows(action, on: ["a"]), "\(action)")
        }
        #expect(!caller.allows("indices:admin/delete", on: ["a"]))
        #expect(!caller.allows("indices:admin/create", on: ["a"]))
    }

    @Test func theUsersNameStandsInPatterns() {
        let role = Role(indices: [.init(["${user.name}", "${user.name}-*"], ["indices_all"])])
        #expect(caller(role).allows("indices:admin/create", on: ["ada-notes"]))
        #expect(!caller(role, name: "bob").allows("indices:admin/create", on: ["ada-notes"]))
    }

    @Test func narrowedKeysHaveNoMoreThanBoth() {
        let narrow = Role(cluster: ["*"], indices: [.init(["books"], ["*"])])
        let caller = caller(
            Role(cluster: ["cluster:monitor/*"], indices: [.init(["*"], ["read"])]), limits: [narrow])
        #expect(caller.allows("indices:data/read/search", on: ["books"]))
        #expect(!caller.allows("indices:data/read/search", on: ["films"]))
        #expect(!caller.allows("indices:data/write/index", on: ["books"]))
        #expect(caller.allows("cluster:monitor/main"))
        #expect(!caller.allows("cluster:admin/settings/update"))
    }

    @Test func builtInRoles() throws {
        func builtIn(_ name: String) throws -> Caller {
            Caller(name: "ada", roles: [(name, try #require(BuiltInRoles.all[name]))])
        }
        let (search, write) = ("indices:data/read/search", "indices:data/write/index")
        let predict = "cluster:admin/opensearch/ml/predict"
        for name in ["read", "readall"] {
            #expect(try builtIn(name).allows(search, on: ["x"]))
            #expect(try !builtIn(name).allows(write, on: ["x"]))
            #expect(try !builtIn(name).allows("indices:data/write/bulk"))
            #expect(try !builtIn(name).allows("indices:admin/delete", on: ["x"]))
            #expect(try !builtIn(name).isAdministrator)
        }
        #expect(try builtIn("write").allows(write, on: ["x"]))
        #expect(try builtIn("read").allows(predict))
        #expect(try !builtIn("readall").allows(predict))
        #expect(try builtIn("ml").allows("cluster:admin/opensearch/ml/register_model"))
        #expect(try !builtIn("ml").allows(search, on: ["x"]))
        #expect(try !builtIn("ml_read_access").allows(predict))
        #expect(try builtIn("admin").isAdministrator)
        #expect(try builtIn("all_access").isAdministrator)
        #expect(Caller.administrator("key").allows("anything"))
        #expect(!Caller(name: "nobody", roles: []).allowsSomewhere(search))
    }

    @Test func rolesAreReadAsOpenSearchWritesThem() throws {
        let text = """
            {"description": "d", "cluster_permissions": ["cluster_monitor"], "index_permissions": [{"index_patterns": ["a*"],
             "dls": "", "fls": [], "masked_fields": [], "allowed_actions": ["read"]}], "tenant_permissions": []}
            """
        let role = try Role(parsing: try #require(try JSONValue(parsing: text).object))
        #expect(role.clusterPermissions == ["cluster_monitor"])
        #expect(role.indexPermissions == [.init(["a*"], ["read"])])
        #expect(try Role(parsing: role.document) == role)
    }

    @Test(arguments: [
        ("{\"index_permissions\": [{\"dls\": \"{}\"}]}", "dls"),
        ("{\"index_permissions\": [{\"fls\": [\"a\"]}]}", "fls"),
        ("{\"index_permissions\": [{\"index_patterns\": [\"/a.*/\"]}]}", "regular expression"),
        ("{\"index_permissions\": {}}", "array"), ("{\"cluster_permissions\": [1]}", "cluster_permissions"),
        ("{\"tenant_permissions\": [{}]}", "tenants"), ("{\"clutser_permissions\": []}", "clutser_permissions"),
    ])
    func rolesThatPromiseTooMuchAreRefused(_ text: String, _ word: String) throws {
        let document = try #require(try JSONValue(parsing: text).object)
        let error = #expect(throws: AccessError.self) { try Role(parsing: document) }
        #expect(error?.reason.contains(word) == true)
    }
}
