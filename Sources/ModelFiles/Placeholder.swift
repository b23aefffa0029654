import CZlib
enum ModelFilesPlaceholder { static func v() -> String { String(cString: zlibVersion()) } }
