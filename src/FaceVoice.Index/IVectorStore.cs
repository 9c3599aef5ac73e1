namespace FaceVoice.Index;

/// <summary>
/// Keeps points with named vectors and finds the ones nearest to a query by cosine. Every implementation passes the same contract tests.
/// </summary>
/// <remarks>
/// Thread-safe: any number of calls may run at once. A write that has completed is
/// seen by every read that starts after that; what of it survives a power cut, each store says. Vectors are normalised to unit length on the way in; what comes back is the unit vector.
/// Every member throws <see cref="ObjectDisposedException"/> after disposal and an <see cref="IndexException"/> for what a caller can act on.
/// </remarks>
public interface IVectorStore : IAsyncDisposable
{
    /// <summary>Gets the model and the vector sizes that this store was made for; fixed for its life.</summary>
    IndexSchema Schema { get; }

    /// <summary>Adds points, replacing whole any that have the same id. Within one call a later point wins over an earlier one of its id.</summary>
    /// <param name="points">The points; may be empty. A batch of hundreds costs hardly more than one.</param>
    /// <param name="cancellationToken">Cancels the wait; a write that has begun may still be kept.</param>
    /// <exception cref="InvalidPointException">A point breaks a rule of <see cref="IndexPoint"/> or of the schema; nothing of the call is kept.</exception>
    /// <exception cref="IndexFullException">No room on disk; nothing of the call is kept and reads go on.</exception>
    /// <exception cref="IndexReadOnlyException">An earlier flush failed; reopen the store.</exception>
    Task UpsertAsync(IReadOnlyList<IndexPoint> points, CancellationToken cancellationToken = default);

    /// <summary>Adds points that belong together, once. The same points again change nothing, from whichever process they come.</summary>
    /// <remarks>
    /// A point is the same when its identity, modality and fields are, and its vectors point the same way (cosine 0.9999, for rounding). A store that writes
    /// all or nothing refuses a part of the points that is there already; one that may be cut short in between adds what is missing.
    /// </remarks>
    /// <param name="points">The points, no two of one id; may be empty.</param>
    /// <param name="absent">Ids that must not be there: of what the set would have if it were larger.</param>
    /// <param name="cancellationToken">Cancels the wait; what has begun may still be kept.</param>
    /// <exception cref="PointExistsException">Another point has one of the ids, or an id that must be absent is there. No point that was there is changed.</exception>
    /// <exception cref="InvalidPointException">As of <see cref="UpsertAsync"/>; or two points have one id.</exception>
    Task InsertAsync(IReadOnlyList<IndexPoint> points, IReadOnlyList<string> absent, CancellationToken cancellationToken = default);

    /// <summary>Reads points by id, vectors included, in the order asked for; ids that are not there are left out.</summary>
    Task<IReadOnlyList<IndexPoint>> GetAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default);

    /// <summary>Removes points by id; ids that are not there are passed over.</summary>
    /// <returns>The number of points removed.</returns>
    Task<long> DeleteAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken = default);

    /// <summary>Removes every point that passes the filter at the moment of the call.</summary>
    /// <returns>The number of points removed.</returns>
    Task<long> DeleteAsync(IndexFilter filter, CancellationToken cancellationToken = default);

    /// <summary>Finds the points nearest to a vector, best first; equal scores in the store's own order.</summary>
    /// <exception cref="InvalidRequestException">
    /// Unknown vector name, wrong length, a number that is not finite, a limit out of range; a filter that asks a field for another kind of value than it has.
    /// </exception>
    Task<IReadOnlyList<SearchHit>> SearchAsync(SearchRequest request, CancellationToken cancellationToken = default);

    /// <summary>Answers several searches from one view of the store, in the order asked; cheaper than one call each.</summary>
    Task<IReadOnlyList<IReadOnlyList<SearchHit>>> SearchAsync(IReadOnlyList<SearchRequest> requests, CancellationToken cancellationToken = default);

    /// <summary>Reads the points page by page, in the store's own order: each point that does not change meanwhile comes exactly once.</summary>
    /// <exception cref="InvalidRequestException">The cursor is not one of this store's, or the limit is out of range.</exception>
    Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken = default);

    /// <summary>Counts the points that pass <paramref name="filter"/>, exactly; all of them when it is null.</summary>
    Task<long> CountAsync(IndexFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>Tells how large the store is and what it is made of.</summary>
    Task<IndexStats> GetStatsAsync(CancellationToken cancellationToken = default);
}
