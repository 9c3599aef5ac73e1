using System.Numerics.Tensors;
using System.Text;

namespace FaceVoice.Index;

/// <summary>The rules that every store applies to what comes in, so that all refuse the same things with the same words.</summary>
internal static class PointRules
{
    private const int MaxFilterDepth = 32;

    // Cosine of one sample embedded twice: 1 but for the rounding of stores that rotate vectors or keep them on another machine.
    private const float SameSample = 0.9999f;

    /// <summary>Checks every point before any of them is written.</summary>
    /// <exception cref="InvalidPointException">The message says which point and which rule.</exception>
    public static void Check(IReadOnlyList<IndexPoint> points, IndexSchema schema)
    {
        ArgumentNullException.ThrowIfNull(points);
        foreach (var point in points)
        {
            Check(point, schema);
        }
    }

    /// <summary>Checks points that are to be added once.</summary>
    /// <exception cref="InvalidPointException">The message says which point and which rule.</exception>
    public static void CheckInsert(IReadOnlyList<IndexPoint> points, IndexSchema schema)
    {
        Check(points, schema);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var point in points)
        {
            if (!ids.Add(point.Id))
            {
                throw new InvalidPointException($"Two of the points have the id '{point.Id}'.");
            }
        }
    }

    /// <summary>Refuses points that are kept and are none of those that were sent.</summary>
    /// <exception cref="PointExistsException">Names the first.</exception>
    public static void MustBeSame(IReadOnlyList<IndexPoint> kept, IReadOnlyList<IndexPoint> sent)
    {
        var mine = sent.ToDictionary(p => p.Id, StringComparer.Ordinal);
        foreach (var point in kept)
        {
            if (!mine.TryGetValue(point.Id, out var twin) || !IsSame(point, twin))
            {
                throw new PointExistsException(point.Id);
            }
        }
    }

    /// <summary>Tells whether two points are one sample enrolled twice.</summary>
    public static bool IsSame(IndexPoint a, IndexPoint b) =>
        a.Identity == b.Identity
        && a.Modality == b.Modality
        && a.Payload.Count == b.Payload.Count
        && a.Payload.All(field => b.Payload.TryGetValue(field.Key, out var value) && value.Equals(field.Value))
        && a.Vectors.Count == b.Vectors.Count
        && a.Vectors.All(v => b.Vectors.TryGetValue(v.Key, out var vector) && vector.Length == v.Value.Length
            && TensorPrimitives.CosineSimilarity(v.Value.Span, vector.Span) >= SameSample);

    /// <summary>Refuses a condition on a field that holds other kinds of values only: no point could pass.</summary>
    /// <param name="key">The field.</param>
    /// <param name="wanted">The kind that the condition compares.</param>
    /// <param name="found">The kinds that the field has; empty where no point has it, which is no fault.</param>
    /// <exception cref="InvalidRequestException">Says what the field holds and how to ask for it.</exception>
    public static void RefuseOtherKind(string key, PayloadKind wanted, IReadOnlyCollection<PayloadKind> found)
    {
        if (found.Count > 0 && !found.Contains(wanted))
        {
            throw new InvalidRequestException(
                $"The field '{key}' holds {string.Join(" and ", found.Select(Plural))} here, and the filter compares it with {Singular(wanted)}: no point can pass. {HowToAsk(found.First())}");
        }
    }

    /// <summary>Checks a search against the schema.</summary>
    /// <exception cref="InvalidRequestException">The message says what is wrong.</exception>
    public static void Check(SearchRequest request, IndexSchema schema)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!schema.Dimensions.TryGetValue(request.VectorName, out var size))
        {
            throw new InvalidRequestException($"No vector '{request.VectorName}' here; there are {string.Join(", ", schema.Dimensions.Keys)}.");
        }

        if (VectorFault(request.Vector.Span, size) is { } fault)
        {
            throw new InvalidRequestException($"The query for '{request.VectorName}' {fault}.");
        }

        CheckLimit(request.Limit, SearchRequest.MaxLimit);
        if (request.ScoreThreshold is { } threshold && !float.IsFinite(threshold))
        {
            throw new InvalidRequestException("The score threshold must be a finite number.");
        }

        Check(request.Filter);
    }

    /// <summary>Checks a page request.</summary>
    /// <exception cref="InvalidRequestException">The message says what is wrong.</exception>
    public static void Check(ScrollRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        CheckLimit(request.Limit, ScrollRequest.MaxLimit);
        Check(request.Filter);
    }

    /// <summary>Checks a filter; null passes.</summary>
    /// <exception cref="InvalidRequestException">The message says what is wrong.</exception>
    public static void Check(IndexFilter? filter) => Check(filter, 0);

    private static void Check(IndexFilter? filter, int depth)
    {
        if (depth > MaxFilterDepth)
        {
            throw new InvalidRequestException($"The filter is nested more than {MaxFilterDepth} deep.");
        }

        switch (filter)
        {
            case BooleanFilter boolean:
                foreach (var condition in boolean.Must.Concat(boolean.Should).Concat(boolean.MustNot))
                {
                    Check(condition, depth + 1);
                }

                break;
            case KeywordFilter or NumberFilter or TimeFilter:
                var (key, kind) = filter.Fields().Single();
                CheckKey(key);
                RefuseOtherKind(key, kind, PayloadKey.IsReserved(key) ? [PayloadKind.Keywords] : []);
                break;
        }
    }

    private static string Plural(PayloadKind kind) => kind switch { PayloadKind.Number => "numbers", PayloadKind.Time => "times", _ => "keywords" };

    private static string Singular(PayloadKind kind) => kind switch { PayloadKind.Number => "a number", PayloadKind.Time => "a time", _ => "a keyword" };

    private static string HowToAsk(PayloadKind kind) => kind switch
    {
        PayloadKind.Number => "Ask for numbers by bounds (>=, <=).",
        PayloadKind.Time => "Ask for times by bounds (>=, <).",
        _ => "Ask for keywords by = and !=.",
    };

    private static void CheckKey(string key)
    {
        if (!PayloadKey.IsValid(key))
        {
            throw new InvalidRequestException($"'{key}' is no field name: 1 to 64 letters, digits, '_' and '-'.");
        }

        if (key == PayloadKey.PointId)
        {
            throw new InvalidRequestException($"'{key}' is no field: points are asked for by id instead.");
        }
    }

    private static void CheckLimit(int limit, int max)
    {
        if (limit < 1 || limit > max)
        {
            throw new InvalidRequestException($"The limit is {limit}; it must lie in 1 to {max}.");
        }
    }

    private static void Check(IndexPoint point, IndexSchema schema)
    {
        ArgumentNullException.ThrowIfNull(point);
        if (string.IsNullOrEmpty(point.Id) || TooLong(point.Id, IndexPoint.MaxNameBytes))
        {
            throw new InvalidPointException($"A point's id must have 1 to {IndexPoint.MaxNameBytes} bytes of well-formed UTF-8.");
        }

        if (point.Identity is { } identity && (string.IsNullOrWhiteSpace(identity) || TooLong(identity, IndexPoint.MaxNameBytes)))
        {
            throw new InvalidPointException($"Point '{point.Id}': an identity must have 1 to {IndexPoint.MaxNameBytes} bytes of well-formed UTF-8 that are not all blank; one that is not known is left out.");
        }

        if (!Enum.IsDefined(point.Modality))
        {
            throw new InvalidPointException($"Point '{point.Id}': {(int)point.Modality} is no modality.");
        }

        CheckVectors(point, schema);
        CheckPayload(point);
    }

    private static void CheckVectors(IndexPoint point, IndexSchema schema)
    {
        if (point.Vectors.Count == 0)
        {
            throw new InvalidPointException($"Point '{point.Id}' has no vector; the index takes {string.Join(", ", schema.Dimensions.Keys)}.");
        }

        foreach (var (name, vector) in point.Vectors)
        {
            if (!schema.Dimensions.TryGetValue(name, out var size))
            {
                throw new InvalidPointException($"Point '{point.Id}': no vector '{name}' here; there are {string.Join(", ", schema.Dimensions.Keys)}.");
            }

            if (VectorFault(vector.Span, size) is { } fault)
            {
                throw new InvalidPointException($"Point '{point.Id}': its vector '{name}' {fault}.");
            }
        }
    }

    private static void CheckPayload(IndexPoint point)
    {
        if (point.Payload.Count > IndexPoint.MaxFields)
        {
            throw new InvalidPointException($"Point '{point.Id}' has {point.Payload.Count} payload fields; at most {IndexPoint.MaxFields}.");
        }

        foreach (var (key, value) in point.Payload)
        {
            if (!PayloadKey.IsValid(key) || PayloadKey.IsReserved(key))
            {
                throw new InvalidPointException($"Point '{point.Id}': '{key}' cannot name a payload field (1 to 64 letters, digits, '_', '-'; not identity, modality, point_id).");
            }

            if (value.Keywords.Count > IndexPoint.MaxFields || value.Keywords.Any(k => TooLong(k, PayloadValue.MaxKeywordBytes)))
            {
                throw new InvalidPointException($"Point '{point.Id}': field '{key}' may have {IndexPoint.MaxFields} keywords of {PayloadValue.MaxKeywordBytes} UTF-8 bytes each.");
            }
        }
    }

    private static string? VectorFault(ReadOnlySpan<float> vector, int size)
    {
        if (vector.Length != size)
        {
            return $"has {vector.Length} components; {size} are needed";
        }

        var largest = 0f;
        foreach (var value in vector)
        {
            if (!float.IsFinite(value))
            {
                return "has a component that is not finite";
            }

            largest = Math.Max(largest, Math.Abs(value));
        }

        return largest == 0 ? "is all zero, so it has no direction" : null;
    }

    private static bool TooLong(string text, int maxBytes)
    {
        try
        {
            return text.Length > maxBytes || StrictUtf8.GetByteCount(text) > maxBytes;
        }
        catch (EncoderFallbackException)
        {
            return true; // a lone surrogate has no UTF-8 form
        }
    }

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
