// What the tests of durability start as a child process, and what measures the store:
//
//     StoreDriver measure FOLDER [documents] [operations in a write] [sequential|random|generated] [request|async]
//     StoreDriver index FOLDER [documents] [operations in a write] [threads]
//     StoreDriver load FOLDER SEED         writes until it is killed; says on standard output what was acknowledged
//     StoreDriver fill FOLDER BYTES        writes until a file would grow beyond BYTES; says what was acknowledged, then the error
//     StoreDriver hold FOLDER              takes a data folder and waits until its standard input ends
#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

let arguments = Array(CommandLine.arguments.dropFirst())
do {
    switch (arguments.first, arguments.count) {
    case ("measure", 2...): try Measurement(arguments.dropFirst()).run()
    case ("index", 2...): try Indexing(arguments.dropFirst()).run()
    case ("load", 3): try Load(folder: arguments[1], seed: UInt64(arguments[2]) ?? 1).run()
    case ("fill", 3): try Load(folder: arguments[1], seed: 1).run(fileLimit: UInt(arguments[2]) ?? 1 << 20)
    case ("hold", 2): try Holder(folder: arguments[1]).run()
    default:
        print("give measure, index, load, fill or hold, and a folder")
        exit(2)
    }
} catch {
    print("error \(error)")
    exit(1)
}
