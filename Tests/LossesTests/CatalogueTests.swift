import Losses
import Testing

@Suite("Losses by name")
struct CatalogueTests {
    @Test("Every loss is made without parameters or says which one it needs, and knows its own name")
    func standards() throws {
        for kind in LossKind.all {
            do {
                try #expect(kind.make().name == kind.name)
            } catch {
                #expect(kind.parameters.contains { $0.name == error.parameter && $0.standard == nil })
            }
        }
    }
}
