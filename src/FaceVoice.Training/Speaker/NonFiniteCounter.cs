namespace FaceVoice.Training.Speaker;

/// <summary>Counts steps in a row that met numbers that are not finite, and remembers where it began.</summary>
internal sealed class NonFiniteCounter(int patience)
{
    private readonly SortedDictionary<string, int> _places = new(StringComparer.Ordinal);
    private long _firstStep;
    private int _inARow;

    public void Passed()
    {
        _inARow = 0;
        _places.Clear();
    }

    /// <summary>Notes a failed step; the story to stop with once patience has run out, else null.</summary>
    public string? Failed(long step, string place)
    {
        if (_inARow++ == 0)
        {
            _firstStep = step;
        }

        _places[place] = _places.GetValueOrDefault(place) + 1;
        return _inARow < patience
            ? null
            : $"{_inARow} steps in a row met non-finite numbers, from step {_firstStep} on ({string.Join(", ", _places.Select(p => $"{p.Key}: {p.Value}"))}). A lower learning rate usually helps.";
    }
}
