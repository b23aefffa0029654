/// A search cluster that speaks OpenSearch's REST API: another process that is asked over HTTP, or the node itself.
///
/// Who fulfils it sends what it is given and hands back what came, whatever the status; trying again where that helps is its business as well.
public protocol SearchCluster: Sendable {
    /// What messages call the cluster: its address, without users and keys.
    var name: String { get }

    /// Sends one request and waits for the whole reply.
    ///
    /// - Returns: The reply of any status: a refusal is a reply, too.
    /// - Throws: ``ClusterError`` if there is no reply: the cluster cannot be reached, is silent for too long, or answers with something other
    ///   than JSON, or with more than is taken.
    func send(_ request: ClusterRequest) async throws(ClusterError) -> ClusterReply
}
