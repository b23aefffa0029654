// What the tests of durability start as a child process, and what measures the store:
//
//     StoreDriver measure FOLDER [documents] [operations in a write] [sequential|random|generated] [request|async]
//     StoreDriver index FOLDER [documents] [operations in a write] [threads]
//     StoreDriver load FOLDER SEED [threads]   writes until it is killed; says on standard output what was acknowledged
//     StoreDriver fill FOLDER BYTES        writes until a file would grow beyond BYTES, then goes on with more room
//     StoreDriver segments FOLDER BYTES    the same with segments that grow beyond BYTES while documents do not
//     StoreDriver vectors FOLDER BYTES     writes segments with vectors and features until it is killed; first onto a disk that is full
//     StoreDriver clock FOLDER             has its clock set back by a day
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
    case ("load", 3...):
        let threads = arguments.count > 3 ? Int(arguments[3]) ?? 1 : 1
        try Load(folder: arguments[1], seed: UInt64(arguments[2]) ?? 1, threads: threads).run()
    case ("fill", 3): try FullDisk(folder: arguments[1], limit: UInt(arguments[2]) ?? 1 << 20).run()
    case ("segments", 3): try FullDisk(folder: arguments[1], limit: UInt(arguments[2]) ?? 1 << 20).runSegments()
    case ("vectors", 3):
        try VectorLoad(folder: arguments[1], limit: UInt(arguments[2]) ?? 1 << 16).run()
    case ("clock", 2): try ShiftedClock(folder: arguments[1]).run()
    case ("hold", 2): try Holder(folder: arguments[1]).run()
    default:
        print("give measure, index, load, fill, segments, vectors, clock or hold, and a folder")
        exit(2)
    }
} catch {
    print("error \(error)")
    exit(1)
}
