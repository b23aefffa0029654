// What the tests of durability start as a child process, and what measures the store:
//
//     StoreDriver measure FOLDER [documents] [operations in a write] [sequential|random|generated] [request|async]
//     StoreDriver load FOLDER SEED     writes until it is killed; says on standard output what was acknowledged
let arguments = CommandLine.arguments.dropFirst()
do {
    switch arguments.first {
    case "measure": try Measurement(arguments.dropFirst()).run()
    default:
        print("StoreDriver measure|load ...")
    }
} catch {
    print("error: \(error)")
}
